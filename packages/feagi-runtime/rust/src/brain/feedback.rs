//! What a teacher does after a sample: force voxels to fire, show the sample again. Events carry the burst in which they
//! act; bursts 0 to the last one named are run, one after the other.
//!
//! Words of one event: offset, kind (0 force, 1 show again), area number, voxel count, then x, y, z and potential bits of
//! each voxel.
use super::Brain;
use crate::fault::{fault, Kind, Outcome};

const FORCE: u32 = 0;
const SHOW_AGAIN: u32 = 1;
const VOXEL_WORDS: usize = 4;
const EVENT_WORDS: usize = 4;

struct Event<'a> {
    offset: u32,
    kind: u32,
    area: u32,
    voxels: &'a [u32],
}

fn events(mut words: &[u32]) -> Outcome<Vec<Event<'_>>> {
    let mut found = vec![];
    while let [offset, kind, area, count, rest @ ..] = words {
        let length = *count as usize * VOXEL_WORDS;
        if rest.len() < length {
            return fault(
                Kind::PayloadInvalid,
                format!("an event of {count} voxels with only {} words behind its {EVENT_WORDS}", rest.len()),
            );
        }
        let (voxels, next) = rest.split_at(length);
        found.push(Event { offset: *offset, kind: *kind, area: *area, voxels });
        words = next;
    }
    if words.is_empty() {
        Ok(found)
    } else {
        fault(Kind::PayloadInvalid, "a list of events that ends within an event")
    }
}

impl Brain {
    /// Returns the number of bursts that were run.
    pub fn feedback(&mut self, words: &[u32]) -> Outcome<u32> {
        let events = events(words)?;
        let Some(last) = events.iter().map(|event| event.offset).max() else { return Ok(0) };
        for offset in 0..=last {
            for event in events.iter().filter(|event| event.offset == offset) {
                match event.kind {
                    FORCE => {
                        let area = self.area_at(event.area)?;
                        let voxels: Vec<(u32, u32, u32, f32)> = event
                            .voxels
                            .chunks_exact(VOXEL_WORDS)
                            .map(|voxel| (voxel[0], voxel[1], voxel[2], f32::from_bits(voxel[3])))
                            .collect();
                        self.force(&area, &voxels)?;
                    }
                    SHOW_AGAIN => {
                        self.binding()?;
                        self.inject_staged();
                    }
                    other => return fault(Kind::PayloadInvalid, format!("an event of kind {other}; there are {FORCE} and {SHOW_AGAIN}")),
                }
            }
            self.step()?;
        }
        Ok(last + 1)
    }
}
