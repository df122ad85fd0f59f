//! Checkpoints. A checkpoint first brings the neurons to rest, then exports, then imports into the brain itself: what is not
//! in a snapshot (fire ledger, arrivals in flight, decoder memory) is then empty in the saved and in the restored brain
//! alike, and both go on with the same bursts.
//!
//! Layout: magic, format (u32 le), genome hash (32), origin of the random stream (32), payload length (u32 le), payload
//! (bincode), SHA-256 over all before it (32).
use super::burst::Activity;
use super::Brain;
use crate::fault::{fault, Blame, BlameCoded, Kind, Outcome};
use feagi_npu_neural::types::connectome::ConnectomeSnapshot;
use feagi_structures::genomic::cortical_area::CorticalID;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"FTRBRAIN";
const FORMAT: u32 = 2;
const HEADER: usize = 8 + 4 + 32 + 32 + 4;
const CHECKSUM: usize = 32;

#[derive(Serialize, Deserialize)]
struct Payload {
    /// Index and id of every area, sorted: the snapshot's own map would serialise in map order.
    areas: Vec<(u32, String)>,
    /// Skipped by the snapshot's own serialisation.
    modulation_groups: Vec<u16>,
    frozen: bool,
    /// A brain that goes on from here has done what the saved one had.
    activity: Activity,
    snapshot: ConnectomeSnapshot,
}

impl Brain {
    pub fn checkpoint(&mut self) -> Outcome<Vec<u8>> {
        self.refuse_memories()?;
        self.reset();
        let payload = self.export()?;
        self.import(&payload)?;
        self.renew_binding()?;
        let mut bytes = Vec::with_capacity(HEADER + payload.len() + CHECKSUM);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&self.genome_hash);
        bytes.extend_from_slice(&self.origin);
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&payload);
        let sum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&sum);
        Ok(bytes)
    }

    /// Everything is checked before anything is changed.
    pub fn restore(&mut self, bytes: &[u8]) -> Outcome<()> {
        let wrong = |text: &str| fault(Kind::SnapshotInvalid, text);
        if bytes.len() < HEADER + CHECKSUM || &bytes[..8] != MAGIC {
            return wrong("these bytes are no checkpoint of a brain");
        }
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if word(8) != FORMAT {
            return wrong(&format!("the checkpoint has format {} and this engine reads format {FORMAT}", word(8)));
        }
        let (body, sum) = bytes.split_at(bytes.len() - CHECKSUM);
        if Sha256::digest(body).as_slice() != sum || word(76) as usize != body.len() - HEADER {
            return wrong("the checkpoint is damaged: its checksum does not fit its bytes. Take another copy");
        }
        if body[12..44] != self.genome_hash {
            return wrong("the checkpoint is of another genome; restore it into a brain developed from the same genome text");
        }
        if body[44..76] != self.origin {
            return wrong(
                "the checkpoint is of a brain with another seed; area and neuron numbers follow the seed, so develop with the same one",
            );
        }
        self.refuse_memories()?;
        self.reset();
        self.import(&body[HEADER..])?;
        self.renew_binding()
    }

    /// Short-term memory neurons live outside the connectome and no crate exports them: a checkpoint would forget them.
    fn refuse_memories(&self) -> Outcome<()> {
        let Some(service) = self.plasticity.as_ref() else { return Ok(()) };
        let held = service.get_memory_neuron_array().lock().map_or(0, |memories| memories.pool_in_use());
        if held == 0 {
            return Ok(());
        }
        fault(
            Kind::SnapshotInvalid,
            format!("the brain holds {held} memory neurons, which a checkpoint cannot carry; train brains with memory areas in one go"),
        )
    }

    fn export(&self) -> Outcome<Vec<u8>> {
        let mut snapshot = self.snapshot();
        let mut areas: Vec<(u32, String)> = std::mem::take(&mut snapshot.cortical_area_names).into_iter().collect();
        areas.sort();
        snapshot.synapses.source_index = Default::default();
        let modulation_groups = std::mem::take(&mut snapshot.synapses.modulation_groups);
        bincode::serialize(&Payload { areas, modulation_groups, frozen: self.frozen, activity: self.activity, snapshot })
            .shown(Kind::SnapshotInvalid)
    }

    fn import(&mut self, payload: &[u8]) -> Outcome<()> {
        let Payload { areas, modulation_groups, frozen, activity, mut snapshot } =
            bincode::deserialize(payload).shown(Kind::SnapshotInvalid)?;
        for (index, name) in &areas {
            let id = CorticalID::try_from_base_64(name).coded(Kind::SnapshotInvalid)?;
            let here = self.connectome.read().get_cortical_idx(&id);
            if here != Some(*index) {
                return fault(Kind::SnapshotInvalid, format!("area {name} has index {index} in the checkpoint and {here:?} in this brain"));
            }
        }
        snapshot.cortical_area_names = areas.into_iter().collect();
        snapshot.synapses.modulation_groups = modulation_groups;
        self.npu().apply_connectome_snapshot(&snapshot).shown(Kind::SnapshotInvalid)?;
        let mut connectome = self.connectome.write();
        connectome.sync_cortical_area_flags_to_npu().shown(Kind::SnapshotInvalid)?;
        connectome.sync_modulators_from_genome(&self.genome).shown(Kind::SnapshotInvalid)?;
        connectome.rebind_npu_runtime_after_connectome_apply().shown(Kind::SnapshotInvalid)?;
        drop(connectome);
        self.npu().rebuild_power_neuron_cache();
        self.fired.clear();
        self.lookups.clear();
        self.activity = activity;
        self.freeze(frozen);
        Ok(())
    }
}
