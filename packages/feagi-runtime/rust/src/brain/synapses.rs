//! Every synapse of a brain as one table in canonical order: what names one changed synapse among a hundred thousand.
//! Sharp edge: a memory neuron has no place in its area; it stands there with its id as x, and the id follows the host's seed.
use super::Brain;
use ahash::AHashMap;
use feagi_npu_neural::types::connectome::ConnectomeSnapshot;

/// Number of the area, x, y, z.
type Place = [u32; 4];
/// A place and what tells neurons of one voxel apart: their id.
type Key = (Place, u32);

const UNKNOWN_AREA: u32 = u32::MAX;

impl Brain {
    /// Number of synapses n, then columns: source area number (n words), source x, y, z (3n), target area number (n), target
    /// x, y, z (3n), weight bits (n), potential bits (n), inhibitory (n bytes). Sorted by source id, x, y, z, target id, x, y, z,
    /// then type, potential and weight.
    pub fn synapse_columns(&self) -> Vec<u8> {
        let snapshot = self.snapshot();
        let synapses = &snapshot.synapses;
        let valid: Vec<usize> = (0..synapses.count).filter(|&i| synapses.valid_mask[i]).collect();
        let (places, ranks) = self.ranked(&snapshot, &valid);
        let rank = |id: u32| ranks.get(&id).copied().unwrap_or_default();
        let mut rows: Vec<(u32, u32, u8, u32, u32)> = valid
            .iter()
            .map(|&i| {
                (
                    rank(synapses.source_neurons[i]),
                    rank(synapses.target_neurons[i]),
                    synapses.types[i],
                    synapses.postsynaptic_potentials[i].to_bits(),
                    synapses.weights[i].to_bits(),
                )
            })
            .collect();
        rows.sort_unstable();
        let mut bytes = Vec::with_capacity(4 + 41 * rows.len());
        let mut word = |word: u32| bytes.extend_from_slice(&word.to_le_bytes());
        word(rows.len() as u32);
        let place = |rank: u32| places[rank as usize];
        rows.iter().for_each(|row| word(place(row.0)[0]));
        rows.iter().for_each(|row| place(row.0)[1..].iter().for_each(|axis| word(*axis)));
        rows.iter().for_each(|row| word(place(row.1)[0]));
        rows.iter().for_each(|row| place(row.1)[1..].iter().for_each(|axis| word(*axis)));
        rows.iter().for_each(|row| word(row.4));
        rows.iter().for_each(|row| word(row.3));
        bytes.extend(rows.iter().map(|row| u8::from(row.2 != 0)));
        bytes
    }

    /// Places of all neurons that some synapse names, sorted, and the position of each neuron among them.
    fn ranked(&self, snapshot: &ConnectomeSnapshot, valid: &[usize]) -> (Vec<Place>, AHashMap<u32, u32>) {
        let numbers: AHashMap<u32, u32> = self.areas.iter().zip(0..).map(|((_, index), number)| (*index, number)).collect();
        let number = |index: u32| numbers.get(&index).copied().unwrap_or(UNKNOWN_AREA);
        let neurons = &snapshot.neurons;
        let place = |id: u32| -> Place {
            let i = id as usize;
            if i < neurons.count {
                let at = &neurons.coordinates[3 * i..3 * i + 3];
                [number(neurons.cortical_areas[i]), at[0], at[1], at[2]]
            } else {
                [self.memory_neurons.get(&id).map_or(UNKNOWN_AREA, |index| number(*index)), id, 0, 0]
            }
        };
        let mut named: Vec<u32> =
            valid.iter().flat_map(|&i| [snapshot.synapses.source_neurons[i], snapshot.synapses.target_neurons[i]]).collect();
        named.sort_unstable();
        named.dedup();
        let mut keys: Vec<Key> = named.into_iter().map(|id| (place(id), id)).collect();
        keys.sort_unstable();
        let ranks = keys.iter().zip(0..).map(|((_, id), rank)| (*id, rank)).collect();
        (keys.into_iter().map(|(place, _)| place).collect(), ranks)
    }
}
