//! Single neurons and single fan-outs of the real engine, burst by burst: what the neuron model is measured with.
use super::values::{count, float, floats, list, number, parsed, word};
use crate::fault::{fault, Blame, BlameCoded, Kind, Outcome};
use crate::hashing::fix_map_order;
use ahash::AHashMap;
use feagi_npu_burst_engine::backend::CPUBackend;
use feagi_npu_burst_engine::npu::RustNPU;
use feagi_npu_neural::synapse::SynapseType;
use feagi_npu_neural::types::{INT8Value, NeuralValue, NeuronId, SynapticPsp, SynapticWeight};
use feagi_npu_neural::{excitability_random, leak_retention, pcg_hash};
use feagi_npu_runtime::StdRuntime;
use feagi_structures::genomic::cortical_area::CorticalID;
use serde_json::{json, Value};

const AREA: u32 = 10;
const TARGET_AREA: u32 = 11;
const SOURCE_ID: &[u8; 8] = b"csource_";
const TARGET_ID: &[u8; 8] = b"ctarget_";
/// High enough that no target of a fan ever fires.
const NEVER: f32 = 1e9;

type Npu<T> = RustNPU<StdRuntime, T, CPUBackend>;

struct Parameters {
    threshold: f32,
    limit: Option<f32>,
    leak: f32,
    excitability: f32,
    refractory: u16,
    fire_limit: u16,
    snooze: u16,
    accumulates: bool,
}

impl Parameters {
    fn read(value: &Value) -> Outcome<Parameters> {
        Ok(Parameters {
            threshold: float(&value["threshold"])?,
            limit: if value["threshold_limit"].is_null() { None } else { Some(float(&value["threshold_limit"])?) },
            leak: float(&value["leak"])?,
            excitability: float(&value["excitability"])?,
            refractory: count(value, "refractory_period")? as u16,
            fire_limit: count(value, "consecutive_fire_limit")? as u16,
            snooze: count(value, "snooze")? as u16,
            accumulates: parsed(&value["mp_charge_accumulation"])?,
        })
    }

    fn target() -> Parameters {
        let (refractory, fire_limit, snooze) = (0, 0, 0);
        Parameters { threshold: NEVER, limit: None, leak: 0.0, excitability: 1.0, refractory, fire_limit, snooze, accumulates: false }
    }
}

fn engine<T: NeuralValue>() -> Outcome<Npu<T>> {
    fix_map_order();
    let mut npu = Npu::<T>::new(StdRuntime, CPUBackend::new(), 64, 64, 10).shown(Kind::PayloadInvalid)?;
    for (index, id) in [(AREA, SOURCE_ID), (TARGET_AREA, TARGET_ID)] {
        npu.register_cortical_area(index, area_id(id)?.as_base_64());
    }
    Ok(npu)
}

fn area_id(bytes: &[u8; 8]) -> Outcome<CorticalID> {
    CorticalID::try_from_bytes(bytes).coded(Kind::PayloadInvalid)
}

fn add<T: NeuralValue>(npu: &mut Npu<T>, p: &Parameters, area: u32, x: u32) -> Outcome<NeuronId> {
    let limit = p.limit.map_or_else(T::max_value, T::from_f32);
    let id = npu
        .add_neuron(
            T::from_f32(p.threshold),
            limit,
            p.leak,
            T::zero(),
            0,
            p.refractory,
            p.excitability,
            p.fire_limit,
            p.snooze,
            p.accumulates,
            area,
            x,
            0,
            0,
        )
        .shown(Kind::PayloadInvalid)?;
    // A quantised threshold keeps its fraction only this way.
    npu.update_neuron_threshold_charge(id.0, p.threshold);
    Ok(id)
}

/// `{precision, params, inputs}`: state of one neuron after each burst.
pub fn neuron(request: &Value) -> Outcome<Value> {
    match word(request, "precision")? {
        "f32" => trace::<f32>(request),
        "int8" => trace::<INT8Value>(request),
        other => fault(Kind::PayloadInvalid, format!("there is no precision \"{other}\"; there are f32 and int8")),
    }
}

fn trace<T: NeuralValue>(request: &Value) -> Outcome<Value> {
    let mut npu = engine::<T>()?;
    let id = add(&mut npu, &Parameters::read(&request["params"])?, AREA, 0)?;
    let mut bursts = vec![];
    for input in list(&request["inputs"])? {
        let input = float(input)?;
        npu.inject_sensory_with_potentials(&[(id, input)]);
        let result = npu.process_burst().shown(Kind::PayloadInvalid)?;
        let fired = result.fired_neurons.contains(&id);
        let at_fire = result.fire_queue_sample.as_ref().and_then(|areas| areas.get(&AREA)).and_then(|columns| columns.4.first().copied());
        let Some((streak, streak_limit, snooze, potential, threshold, countdown)) = npu.get_neuron_state(id) else {
            return fault(Kind::PayloadInvalid, "the neuron is gone");
        };
        bursts.push(json!({
            "burst": result.burst, "in": number(input), "fired": fired, "mp_at_fire": at_fire.filter(|_| fired).map(number),
            "mp_now": npu.get_neuron_property_by_index(id.0 as usize, "membrane_potential").map(number),
            "state": {
                "cfc": streak, "cfc_limit": streak_limit, "snooze": snooze, "mp": number(potential), "threshold": number(threshold),
                "refractory_countdown": countdown
            }
        }));
    }
    Ok(json!(bursts))
}

/// One source and a target for each weight: which input reaches which target in which burst.
pub fn fan(request: &Value) -> Outcome<Value> {
    let mut npu = engine::<f32>()?;
    let source = add(&mut npu, &Parameters { threshold: 1.0, ..Parameters::target() }, AREA, 0)?;
    let weights = floats(&request["weights"])?;
    let inhibitory: Vec<bool> = parsed(&request["inhibitory"])?;
    let delays: Vec<u8> = parsed(&request["delay_bursts"])?;
    let psp = float(&request["psp"])?;
    let (source_area, target_area) = (area_id(SOURCE_ID)?, area_id(TARGET_ID)?);
    let mut mapping = AHashMap::from([(source, source_area)]);
    let mut targets = vec![];
    for (i, weight) in weights.iter().enumerate() {
        let target = add(&mut npu, &Parameters::target(), TARGET_AREA, i as u32)?;
        let kind = if inhibitory[i] { SynapseType::Inhibitory } else { SynapseType::Excitatory };
        npu.add_synapse(source, target, SynapticWeight(*weight), SynapticPsp(psp), kind, 0, delays[i]).shown(Kind::PayloadInvalid)?;
        mapping.insert(target, target_area);
        targets.push(target);
    }
    npu.set_neuron_mapping(mapping);
    npu.set_mp_driven_psp_flag(source_area, parsed(&request["mp_driven_psp"])?);
    npu.set_psp_uniform_distribution_flag(source_area, parsed(&request["psp_uniform_distribution"])?);
    npu.set_degeneration_flag(source_area, float(&request["degeneration"])?);
    npu.rebuild_synapse_index();
    let mut bursts = vec![];
    for input in floats(&request["inputs"])? {
        if input != 0.0 {
            npu.inject_sensory_with_potentials(&[(source, input)]);
        }
        let result = npu.process_burst().shown(Kind::PayloadInvalid)?;
        let mut arrived: Vec<(usize, f32)> = npu
            .get_last_fcl_snapshot()
            .into_iter()
            .filter_map(|(id, potential)| targets.iter().position(|target| *target == id).map(|i| (i, potential)))
            .collect();
        arrived.sort_by_key(|(i, _)| *i);
        bursts.push(json!({
            "burst": result.burst, "in_source": number(input), "source_fired": result.fired_neurons.contains(&source),
            "target_input": arrived.into_iter().map(|(i, potential)| json!([i, number(potential)])).collect::<Vec<_>>()
        }));
    }
    Ok(json!(bursts))
}

/// The number in [0, 1) that a neuron compares its excitability with: a hash of its id and the burst, no generator.
pub fn random(request: &Value) -> Outcome<Value> {
    let (id, burst) = (count(request, "neuron_id")? as u32, count(request, "burst")?);
    Ok(json!({ "excitability_random": number(excitability_random(id, burst)), "pcg_hash_of_id": pcg_hash(id) }))
}

pub fn leak(request: &Value) -> Outcome<Value> {
    Ok(json!(number(leak_retention(float(&request["leak"])?, count(request, "elapsed")?))))
}
