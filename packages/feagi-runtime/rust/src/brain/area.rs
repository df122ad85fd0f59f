//! Cortical areas by id, by the engine's index, and by their number on the hot path.
use super::Brain;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_npu_burst_engine::DynamicNPU;
use feagi_structures::genomic::cortical_area::CorticalID;
use std::sync::MutexGuard;

/// The 12-character base64 form, which is also the form in genomes.
pub fn parse(text: &str) -> Outcome<CorticalID> {
    CorticalID::try_from_base_64(text).coded(Kind::PayloadInvalid)
}

impl Brain {
    pub(crate) fn npu(&self) -> MutexGuard<'_, DynamicNPU> {
        // The only poisoner is a panic, and a panic ends the instance.
        self.npu.lock().expect("the engine lock of a live instance")
    }

    pub(crate) fn area_index(&self, id: &CorticalID) -> Outcome<u32> {
        match self.connectome.read().get_cortical_idx(id) {
            Some(index) => Ok(index),
            None => fault(Kind::PayloadInvalid, format!("the brain has no area {}; see info().areas", id.as_base_64())),
        }
    }

    pub(crate) fn area_at(&self, number: u32) -> Outcome<CorticalID> {
        match self.areas.get(number as usize) {
            Some((id, _)) => Ok(*id),
            None => fault(Kind::PayloadInvalid, format!("area number {number} of {}", self.areas.len())),
        }
    }

    pub(crate) fn area_list(&self) -> Vec<(CorticalID, u32)> {
        let connectome = self.connectome.read();
        let mut areas: Vec<(CorticalID, u32)> = connectome
            .get_cortical_area_ids()
            .into_iter()
            .filter_map(|id| connectome.get_cortical_idx(id).map(|index| (*id, index)))
            .collect();
        areas.sort_by_key(|(id, _)| *id.as_bytes());
        areas
    }
}
