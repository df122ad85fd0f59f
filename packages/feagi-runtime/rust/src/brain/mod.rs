//! One developed brain: the engine, its connectome, and what is bound to it. Everything else in this folder is a door to it.
pub mod area;
pub mod bind;
pub mod burst;
pub mod canonical;
pub mod develop;
pub mod feedback;
pub mod info;
pub mod lookup;
pub mod plasticity;
pub mod present;
pub mod snapshot;
pub mod synapses;
pub mod teach;

use ahash::AHashMap;
use bind::Binding;
use burst::{Activity, Fired};
use feagi_brain_development::ConnectomeManager;
use feagi_evolutionary::RuntimeGenome;
use feagi_npu_burst_engine::{DynamicNPU, TracingMutex};
use feagi_npu_plasticity::PlasticityService;
use feagi_structures::genomic::cortical_area::CorticalID;
use lookup::Lookup;
use parking_lot::RwLock;
use std::sync::Arc;

pub struct Brain {
    pub(crate) npu: Arc<TracingMutex<DynamicNPU>>,
    pub(crate) connectome: Arc<RwLock<ConnectomeManager>>,
    pub(crate) genome: RuntimeGenome,
    /// SHA-256 of the genome text, and the bytes that name the host's random stream: together with this build they
    /// determine every index inside the engine, so a snapshot fits only where both are the same.
    pub(crate) genome_hash: [u8; 32],
    pub(crate) origin: [u8; 32],
    pub(crate) plasticity: Option<PlasticityService>,
    /// Areas by their id; the position here is the number under which the host names an area on the hot path.
    pub(crate) areas: Vec<(CorticalID, u32)>,
    pub(crate) binding: Option<Binding>,
    pub(crate) fired: Fired,
    pub(crate) frozen: bool,
    pub(crate) power: Power,
    pub(crate) activity: Activity,
    /// Engine index of the area of each memory neuron that was ever named.
    pub(crate) memory_neurons: AHashMap<u32, u32>,
    /// Of the areas that something was forced to fire in.
    pub(crate) lookups: AHashMap<CorticalID, Lookup>,
}

/// The area `___power`: its engine index and its neurons.
pub(crate) struct Power {
    pub(crate) index: u32,
    pub(crate) neurons: Vec<u32>,
}
