//! One burst: the engine's step, then the memory areas' pass at once (the crates run it on a thread, at any later time).
use super::Brain;
use crate::fault::{fault, Blame, Kind, Outcome};
use ahash::AHashMap;
use feagi_npu_burst_engine::npu::MemoryReplayFrame;
use feagi_npu_plasticity::PlasticityCommand;
use feagi_structures::genomic::cortical_area::CorticalID;

/// Neuron ids, x, y, z and potential at firing.
pub type FiredColumns = (Vec<u32>, Vec<u32>, Vec<u32>, Vec<u32>, Vec<f32>);
/// What fired in the last burst, by the engine's area index.
pub type Fired = AHashMap<u32, FiredColumns>;

/// Voxels of one area on their way into the engine.
pub struct Voxels {
    pub area: CorticalID,
    pub x: Vec<u32>,
    pub y: Vec<u32>,
    pub z: Vec<u32>,
    pub p: Vec<f32>,
}

impl Brain {
    pub fn step(&mut self) -> Outcome<()> {
        let result = self.npu().process_burst().shown(Kind::PayloadInvalid)?;
        self.fired = result.fire_queue_sample.unwrap_or_default();
        self.run_memory(result.burst);
        Ok(())
    }

    pub fn rest(&mut self, bursts: u32) -> Outcome<()> {
        for _ in 0..bursts {
            self.step()?;
        }
        Ok(())
    }

    /// Adds potential for the next burst.
    pub(crate) fn inject(&self, voxels: &[Voxels]) {
        let mut npu = self.npu();
        for part in voxels {
            npu.inject_sensory_xyzp_arrays_by_id(&part.area, &part.x, &part.y, &part.z, &part.p);
        }
    }

    /// Fires in the next burst whatever threshold and refractory period say.
    pub(crate) fn force(&self, area: &CorticalID, voxels: &[(u32, u32, u32, f32)]) -> Outcome<()> {
        let hit = self.npu().inject_force_fire_by_coordinates(area, voxels);
        if hit != voxels.len() {
            return fault(
                Kind::PayloadInvalid,
                format!("{} of {} voxels to fire are no neuron of area {}", voxels.len() - hit, voxels.len(), area.as_base_64()),
            );
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
        for command in service.drain_commands() {
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

    fn name_memory_neuron(&self, neuron: u32, area: u32) {
        if let Some(id) = self.connectome.read().get_cortical_id(area) {
            self.npu().register_dynamic_neuron_mapping(neuron, *id);
        }
    }
}
