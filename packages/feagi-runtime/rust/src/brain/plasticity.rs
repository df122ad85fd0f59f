//! Learning on and off, weights to look at, and the neurons' state back to rest.
use super::Brain;
use crate::fault::Outcome;
use ahash::AHashMap;
use feagi_structures::genomic::cortical_area::CorticalID;
use serde_json::Value;

pub struct Synapse {
    pub source: [u32; 3],
    pub target: [u32; 3],
    pub weight: f32,
    pub potential: f32,
    pub kind: u8,
}

pub fn is_plastic(rules: &[Value]) -> bool {
    rules.iter().any(|rule| {
        rule.get("plasticity_flag").and_then(Value::as_bool).unwrap_or(false)
            || rule.get("morphology_id").and_then(Value::as_str) == Some("associative_memory")
    })
}

impl Brain {
    fn plastic_mappings(&self) -> Vec<(u32, u32)> {
        let connectome = self.connectome.read();
        let pairs = self.areas.iter().flat_map(|from| self.areas.iter().map(move |to| (from, to)));
        pairs
            .filter(|(from, to)| connectome.get_mapping_rules(&from.0, &to.0).is_some_and(|rules| is_plastic(&rules)))
            .map(|(from, to)| (from.1, to.1))
            .collect()
    }

    /// Stops or resumes the change of synapses in every plastic mapping; returns how many there are.
    pub fn freeze(&mut self, on: bool) -> usize {
        let mappings = self.plastic_mappings();
        let mut npu = self.npu();
        let changed = mappings.iter().filter(|(from, to)| npu.set_stdp_mapping_frozen(*from, *to, on)).count();
        drop(npu);
        self.frozen = on;
        changed
    }

    /// Synapses of one mapping, sorted by source and target voxel.
    pub fn weights(&self, from: &CorticalID, to: &CorticalID) -> Outcome<Vec<Synapse>> {
        let (source_area, target_area) = (self.area_index(from)?, self.area_index(to)?);
        let npu = self.npu();
        let place = |id: u32| npu.get_neuron_coordinates(id).map_or([id, 0, 0], |(x, y, z)| [x, y, z]);
        let targets: AHashMap<u32, [u32; 3]> =
            npu.get_neurons_in_cortical_area(target_area).into_iter().map(|id| (id, place(id))).collect();
        let mut synapses = vec![];
        for id in npu.get_neurons_in_cortical_area(source_area) {
            let source = place(id);
            for (target_id, weight, potential, kind) in npu.get_outgoing_synapses(id) {
                if let Some(target) = targets.get(&target_id) {
                    synapses.push(Synapse { source, target: *target, weight, potential, kind });
                }
            }
        }
        synapses.sort_by_key(|synapse| (synapse.source, synapse.target, synapse.kind, synapse.weight.to_bits()));
        Ok(synapses)
    }

    /// Potentials, refractory counters, queues and arrivals of every area back to nothing. The engine also puts the
    /// postsynaptic current of every area back to its configured value, so a degeneration so far is undone.
    pub fn reset(&mut self) {
        let mut npu = self.npu();
        npu.clear_pending_sensory_injections();
        for (_, index) in &self.areas {
            // The engine forgets these parameters together with the state; they are constants of the genome.
            let associative = npu.get_memory_associative_lif_params(*index);
            npu.reset_cortical_area_runtime_state(*index);
            if let Some(params) = associative {
                npu.set_memory_associative_lif_params(*index, params);
            }
        }
        drop(npu);
        self.fired.clear();
    }
}
