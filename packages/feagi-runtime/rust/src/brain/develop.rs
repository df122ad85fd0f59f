//! Genome to brain. The order of the steps is the crates' own service layer's, without its threads and sockets.
use super::burst::{Activity, Fired};
use super::{Brain, Power};
use crate::fault::{fault, Blame, Kind, Outcome};
use crate::genome::{check, Budget};
use crate::hashing::fix_map_order;
use ahash::AHashMap;
use feagi_brain_development::{ConnectomeManager, Neuroembryogenesis};
use feagi_npu_burst_engine::backend::CPUBackend;
use feagi_npu_burst_engine::{DynamicNPU, TracingMutex};
use feagi_npu_plasticity::{create_memory_stats_cache, AsyncPlasticityExecutor, PlasticityConfig};
use feagi_npu_runtime::StdRuntime;
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};

/// Bursts of history that the engine's fire ledger starts with; mappings with longer windows raise it themselves.
const FIRE_LEDGER_BURSTS: usize = 20;
const MEMORY_NEURONS: usize = 20_000;
/// The plasticity queue drops commands silently when it is full; one burst must never fill it.
const PLASTICITY_COMMANDS: usize = 1_000_000;
/// Engine index of the area `___power`, the same in every brain.
const POWER: u32 = 1;
/// Storage is written in full when it is made, so it starts small and grows.
const SPARE_SYNAPSES: u64 = 1_024;

pub struct Request<'a> {
    pub genome: &'a str,
    pub strict: bool,
    pub budget: Budget,
    pub relies_on: Vec<(String, String)>,
    pub origin: [u8; 32],
}

impl Brain {
    pub fn develop(request: &Request) -> Outcome<Brain> {
        fix_map_order();
        let checked = check(request.genome, request.strict, &request.budget)?;
        let genome = checked.genome;
        let neurons = checked.neurons as usize;
        let synapses = checked.synapses_expected.saturating_add(SPARE_SYNAPSES).min(1 << 28) as usize;
        let int8 = genome.physiology.quantization_precision.to_lowercase().starts_with("int8");
        let made = if int8 {
            DynamicNPU::new_int8(StdRuntime, CPUBackend::new(), neurons, synapses, FIRE_LEDGER_BURSTS)
        } else {
            DynamicNPU::new_f32(StdRuntime, CPUBackend::new(), neurons, synapses, FIRE_LEDGER_BURSTS)
        };
        let npu = Arc::new(TracingMutex::new(made.shown(Kind::GenomeInvalid)?, "NPU"));
        // Despite its name this is the ordinary manager, only not the process-wide one: several brains may live in a process.
        let mut manager = ConnectomeManager::new_for_testing_with_npu(npu.clone());
        let config = PlasticityConfig { memory_array_capacity: MEMORY_NEURONS, queue_capacity: PLASTICITY_COMMANDS, ..Default::default() };
        let executor = AsyncPlasticityExecutor::new(config, create_memory_stats_cache(), npu.clone());
        let service = executor.get_service();
        manager.set_plasticity_executor(Arc::new(Mutex::new(executor)));
        manager.prepare_for_new_genome().shown(Kind::GenomeInvalid)?;
        manager.resize_for_genome(&genome).shown(Kind::GenomeInvalid)?;
        let connectome = Arc::new(RwLock::new(manager));
        Neuroembryogenesis::new(connectome.clone()).develop_from_genome(&genome).shown(Kind::GenomeInvalid)?;
        connectome.write().ensure_core_cortical_areas().shown(Kind::GenomeInvalid)?;

        // Without memory areas the pass after each burst would find nothing to do.
        let plasticity = service.filter(|service| !service.registered_memory_area_indexes().is_empty());
        let mut brain = Brain {
            npu,
            connectome,
            genome,
            genome_hash: Sha256::digest(request.genome.as_bytes()).into(),
            origin: request.origin,
            plasticity,
            areas: vec![],
            binding: None,
            fired: Fired::default(),
            frozen: false,
            power: Power { index: POWER, neurons: vec![] },
            activity: Activity::default(),
            memory_neurons: AHashMap::default(),
            lookups: AHashMap::default(),
        };
        brain.npu().rebuild_synapse_index();
        brain.areas = brain.area_list();
        let power = brain.npu().get_neurons_in_cortical_area(POWER);
        brain.power.neurons = power;
        let grown = brain.npu().get_synapse_count() as u64;
        if grown > request.budget.synapses {
            return fault(Kind::BudgetExceeded, format!("the brain grew {grown} synapses and the budget is {}", request.budget.synapses));
        }
        brain.check_relied_mappings(&request.relies_on)?;
        Ok(brain)
    }

    /// A mapping to an unknown area or with an unknown morphology develops without a word and without a synapse.
    fn check_relied_mappings(&self, relied: &[(String, String)]) -> Outcome<()> {
        let empty: Vec<String> = relied.iter().filter_map(|(from, to)| self.why_empty(from, to)).collect();
        if empty.is_empty() {
            Ok(())
        } else {
            fault(Kind::MappingEmpty, empty.join("\n"))
        }
    }

    fn why_empty(&self, from: &str, to: &str) -> Option<String> {
        let find = |text: &str| super::area::parse(text).and_then(|id| self.area_index(&id));
        match (find(from), find(to)) {
            (Ok(source), Ok(target)) => {
                let count = self.npu().count_synapses_between_areas(source, target);
                (count == 0).then(|| format!("the mapping {from} -> {to} has no synapse; check its morphology and both areas"))
            }
            (Err(_), _) => Some(format!("the mapping {from} -> {to} cannot exist: the brain has no area {from}")),
            (_, Err(_)) => Some(format!("the mapping {from} -> {to} cannot exist: the brain has no area {to}")),
        }
    }
}
