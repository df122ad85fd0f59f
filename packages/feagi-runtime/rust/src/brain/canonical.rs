//! A brain as sorted rows that do not depend on the order in which the engine happens to hold neurons and synapses, and
//! SHA-256 over them. A neuron is named by (cortical id, x, y, z, ordinal in its voxel).
//! Sharp edge: memory neurons have no place in an area; they are named by their id, which follows the host's seed.
use super::Brain;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use crate::version::hex;
use ahash::AHashMap;
use feagi_npu_burst_engine::DynamicNPU;
use feagi_npu_neural::types::connectome::ConnectomeSnapshot;
use feagi_structures::genomic::cortical_area::CorticalID;
use sha2::{Digest, Sha256};

type Name = ([u8; 8], [u32; 4]);

fn put_name(row: &mut Vec<u8>, name: &Name) {
    row.extend_from_slice(&name.0);
    put_words(row, name.1);
}

fn put_words(row: &mut Vec<u8>, words: impl IntoIterator<Item = u32>) {
    for word in words {
        row.extend_from_slice(&word.to_le_bytes());
    }
}

fn put_floats(row: &mut Vec<u8>, floats: impl IntoIterator<Item = f32>) {
    for float in floats {
        row.extend_from_slice(&float.to_le_bytes());
    }
}

impl Brain {
    pub(crate) fn snapshot(&self) -> ConnectomeSnapshot {
        match &*self.npu() {
            DynamicNPU::F32(npu) => npu.export_connectome(),
            DynamicNPU::INT8(npu) => npu.export_connectome(),
        }
    }

    /// Hex SHA-256 of `connectome` (what was learned: synapses and neuron constants), `state` (what passes: potentials,
    /// counters, eligibility traces) or `full` (both, the burst counter and the freeze).
    pub fn hash(&self, part: &str) -> Outcome<String> {
        let snapshot = self.snapshot();
        let names = neuron_names(&snapshot)?;
        let mut digest = Sha256::new();
        match part {
            "connectome" => {
                digest.update(synapse_rows(&snapshot, &names));
                digest.update(constant_rows(&snapshot, &names));
            }
            "state" => {
                digest.update(state_rows(&snapshot, &names));
                digest.update(trace_rows(&snapshot, &names));
            }
            "full" => {
                digest.update(synapse_rows(&snapshot, &names));
                digest.update(constant_rows(&snapshot, &names));
                digest.update(state_rows(&snapshot, &names));
                digest.update(trace_rows(&snapshot, &names));
                digest.update(snapshot.burst_count.to_le_bytes());
                digest.update([u8::from(self.frozen)]);
            }
            other => return fault(Kind::PayloadInvalid, format!("hash of \"{other}\"; there are connectome, state and full")),
        }
        Ok(hex(&digest.finalize()))
    }
}

fn neuron_names(snapshot: &ConnectomeSnapshot) -> Outcome<Vec<Name>> {
    let mut ids: AHashMap<u32, [u8; 8]> = AHashMap::new();
    for (index, name) in &snapshot.cortical_area_names {
        ids.insert(*index, *CorticalID::try_from_base_64(name).coded(Kind::SnapshotInvalid)?.as_bytes());
    }
    let neurons = &snapshot.neurons;
    let mut ordinals: AHashMap<(u32, [u32; 3]), u32> = AHashMap::new();
    Ok((0..neurons.count)
        .map(|i| {
            let area = neurons.cortical_areas[i];
            let place = [neurons.coordinates[3 * i], neurons.coordinates[3 * i + 1], neurons.coordinates[3 * i + 2]];
            let ordinal = ordinals.entry((area, place)).or_insert(0);
            let name = (ids.get(&area).copied().unwrap_or([0xff; 8]), [place[0], place[1], place[2], *ordinal]);
            *ordinal += 1;
            name
        })
        .collect())
}

fn sorted_neurons(snapshot: &ConnectomeSnapshot, names: &[Name]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..snapshot.neurons.count).filter(|&i| snapshot.neurons.valid_mask[i]).collect();
    order.sort_by_key(|&i| names[i]);
    order
}

fn name_of(names: &[Name], id: u32) -> Name {
    names.get(id as usize).copied().unwrap_or((*b"m_______", [id, 0, 0, 0]))
}

/// Valid synapses as rows of their own, sorted; `fill` adds what is asked about, or says that the row is not needed.
fn sorted_synapses(snapshot: &ConnectomeSnapshot, names: &[Name], fill: impl Fn(&mut Vec<u8>, usize) -> bool) -> Vec<u8> {
    let synapses = &snapshot.synapses;
    let mut rows: Vec<Vec<u8>> = (0..synapses.count)
        .filter(|&i| synapses.valid_mask[i])
        .filter_map(|i| {
            let mut row = Vec::with_capacity(72);
            put_name(&mut row, &name_of(names, synapses.source_neurons[i]));
            put_name(&mut row, &name_of(names, synapses.target_neurons[i]));
            row.extend_from_slice(&[synapses.types[i], synapses.delay_bursts[i], synapses.edge_flags[i]]);
            fill(&mut row, i).then_some(row)
        })
        .collect();
    rows.sort_unstable();
    rows.concat()
}

fn synapse_rows(snapshot: &ConnectomeSnapshot, names: &[Name]) -> Vec<u8> {
    let synapses = &snapshot.synapses;
    sorted_synapses(snapshot, names, |row, i| {
        put_floats(row, [synapses.postsynaptic_potentials[i], synapses.weights[i]]);
        true
    })
}

fn trace_rows(snapshot: &ConnectomeSnapshot, names: &[Name]) -> Vec<u8> {
    let traces = &snapshot.synapses.eligibility_traces;
    sorted_synapses(snapshot, names, |row, i| {
        put_floats(row, [traces[i]]);
        traces[i] != 0.0
    })
}

fn constant_rows(snapshot: &ConnectomeSnapshot, names: &[Name]) -> Vec<u8> {
    let n = &snapshot.neurons;
    let mut rows = vec![];
    for i in sorted_neurons(snapshot, names) {
        put_name(&mut rows, &names[i]);
        let floats = [n.thresholds[i], n.threshold_limits[i], n.leak_coefficients[i], n.excitabilities[i], n.resting_potentials[i]];
        put_floats(&mut rows, floats);
        let counts = [n.refractory_periods[i], n.consecutive_fire_limits[i], n.snooze_periods[i]];
        put_words(&mut rows, counts.map(u32::from));
        rows.push(u8::from(n.mp_charge_accumulation[i]));
    }
    rows
}

fn state_rows(snapshot: &ConnectomeSnapshot, names: &[Name]) -> Vec<u8> {
    let n = &snapshot.neurons;
    let mut rows = vec![];
    for i in sorted_neurons(snapshot, names) {
        put_name(&mut rows, &names[i]);
        put_floats(&mut rows, [n.membrane_potentials[i]]);
        put_words(&mut rows, [u32::from(n.refractory_countdowns[i]), u32::from(n.consecutive_fire_counts[i])]);
    }
    rows
}
