//! One burst: the engine's step, then the memory areas' pass at once (the crates run it on a thread, at any later time); and
//! what the bursts cost, counted.
use super::lookup::Lookup;
use super::Brain;
use crate::fault::{fault, Blame, Kind, Outcome};
use ahash::AHashMap;
use feagi_npu_burst_engine::npu::MemoryReplayFrame;
use feagi_npu_burst_engine::DynamicNPU;
use feagi_npu_neural::types::NeuronId;
use feagi_npu_plasticity::PlasticityCommand;
use feagi_structures::genomic::cortical_area::CorticalID;
use serde::{Deserialize, Serialize};

/// Neuron ids, x, y, z and potential at firing.
pub type FiredColumns = (Vec<u32>, Vec<u32>, Vec<u32>, Vec<u32>, Vec<f32>);
/// What fired in the last burst, by the engine's area index.
pub type Fired = AHashMap<u32, FiredColumns>;

/// What was done since development, without the area `___power`, which fires in every burst whatever the brain does.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Activity {
    pub bursts: u64,
    pub spikes: u64,
    /// Outgoing synapses of the neurons that fired, summed.
    pub synaptic_events: u64,
}

fn synapses_processed(npu: &DynamicNPU) -> u64 {
    match npu {
        DynamicNPU::F32(npu) => npu.synapses_processed(),
        DynamicNPU::INT8(npu) => npu.synapses_processed(),
    }
}

fn outgoing(npu: &DynamicNPU, neuron: u32) -> u64 {
    let count = match npu {
        DynamicNPU::F32(npu) => npu.outgoing_synapse_count(NeuronId(neuron)),
        DynamicNPU::INT8(npu) => npu.outgoing_synapse_count(NeuronId(neuron)),
    };
    count as u64
}

impl Brain {
    pub fn step(&mut self) -> Outcome<()> {
        let npu = self.npu();
        let events = synapses_processed(&npu);
        let of_power: u64 = self.power.neurons.iter().map(|neuron| outgoing(&npu, *neuron)).sum();
        let result = npu.process_burst().shown(Kind::PayloadInvalid)?;
        let events = synapses_processed(&npu) - events;
        drop(npu);
        self.fired = result.fire_queue_sample.unwrap_or_default();
        let power = self.fired.get(&self.power.index).map_or(0, |(ids, ..)| ids.len());
        self.activity.bursts += 1;
        self.activity.spikes += (result.neuron_count - power) as u64;
        self.activity.synaptic_events += if power > 0 { events - of_power } else { events };
        self.run_memory(result.burst);
        Ok(())
    }

    pub fn rest(&mut self, bursts: u32) -> Outcome<()> {
        for _ in 0..bursts {
            self.step()?;
        }
        Ok(())
    }

    /// Adds the potentials of the last presented sample for the next burst.
    pub(crate) fn inject_staged(&self) {
        if let Some(binding) = self.binding.as_ref() {
            self.npu().inject_sensory_with_potentials(&binding.staged);
        }
    }

    /// Fires in the next burst whatever threshold and refractory period say.
    pub(crate) fn force(&mut self, area: &CorticalID, voxels: &[(u32, u32, u32, f32)]) -> Outcome<()> {
        if !self.lookups.contains_key(area) {
            let made = self.lookup(area)?;
            self.lookups.insert(*area, made);
        }
        let find = |lookup: &Lookup| -> Vec<(NeuronId, f32)> {
            voxels.iter().filter_map(|(x, y, z, p)| lookup.neuron(*x, *y, *z).map(|neuron| (neuron, *p))).collect()
        };
        let fires = self.lookups.get(area).map(find).unwrap_or_default();
        if fires.len() != voxels.len() {
            return fault(
                Kind::PayloadInvalid,
                format!("{} of {} voxels to fire are no neuron of area {}", voxels.len() - fires.len(), voxels.len(), area.as_base_64()),
            );
        }
        match &mut *self.npu() {
            DynamicNPU::F32(npu) => npu.inject_force_fire(&fires),
            DynamicNPU::INT8(npu) => npu.inject_force_fire(&fires),
        }
        Ok(())
    }

    /// Rows of what fired in the last burst, in canonical order: area number, x, y, z, potential bits, neuron id.
    pub fn fired_rows(&self) -> Vec<[u32; 6]> {
        let mut rows = vec![];
        for (number, (_, index)) in self.areas.iter().enumerate() {
            if let Some((ids, x, y, z, p)) = self.fired.get(index) {
                rows.extend((0..ids.len()).map(|i| [number as u32, x[i], y[i], z[i], p[i].to_bits(), ids[i]]));
            }
        }
        rows.sort_unstable_by_key(|row| [row[0], row[1], row[2], row[3], row[5], row[4]]);
        rows
    }

    fn run_memory(&mut self, burst: u64) {
        let Some(service) = self.plasticity.as_ref() else { return };
        service.compute_now(burst);
        let commands = service.drain_commands();
        for command in commands {
            match command {
                PlasticityCommand::RegisterMemoryNeuron { neuron_id, area_idx, .. } => self.name_memory_neuron(neuron_id, area_idx),
                PlasticityCommand::InjectMemoryNeuronToFCL { neuron_id, area_idx, membrane_potential, replay_frames, .. } => {
                    self.name_memory_neuron(neuron_id, area_idx);
                    let mut npu = self.npu();
                    if !replay_frames.is_empty() {
                        let frames = replay_frames.iter().map(|frame| MemoryReplayFrame {
                            offset: frame.offset,
                            upstream_area_idx: frame.upstream_area_idx,
                            coords: frame.coords.clone(),
                            membrane_potentials: frame.membrane_potentials.clone(),
                        });
                        npu.register_memory_replay_frames(neuron_id, frames.collect());
                    }
                    npu.inject_memory_neuron_to_fcl(neuron_id, area_idx, membrane_potential);
                }
                _ => {}
            }
        }
    }

    fn name_memory_neuron(&mut self, neuron: u32, area: u32) {
        self.memory_neurons.insert(neuron, area);
        if let Some(id) = self.connectome.read().get_cortical_id(area) {
            self.npu().register_dynamic_neuron_mapping(neuron, *id);
        }
    }
}
