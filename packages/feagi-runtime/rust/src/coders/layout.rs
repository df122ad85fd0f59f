//! What a registrations JSON means: for each unit its areas with the block of voxels that one channel owns in each of them,
//! how many numbers a value has and in which range, and which columns must fire for a number to be news. Channels lie side
//! by side along x.
//! Sharp edge: the crates keep this knowledge to themselves, so it is written down a second time here; binding compares it
//! with the genome, and the golden vectors compare it with the coders. What the crates are known to decode wrongly is
//! refused here, each with its reason (`refuse_output`, `refuse_input`).
use super::form::{form_of, Form, Range};
use super::units;
use super::values::{list, parsed};
use crate::fault::{fault, BlameCoded, Fault, Kind, Outcome};
use feagi_sensorimotor::ConnectorCache;
use feagi_structures::genomic::cortical_area::descriptors::{
    CorticalChannelCount, CorticalChannelDimensions, CorticalUnitIndex, NeuronDepth,
};
use feagi_structures::genomic::cortical_area::io_cortical_area_configuration_flag::{FrameChangeHandling, PercentageNeuronPositioning};
use feagi_structures::genomic::cortical_area::CorticalID;
use serde_json::{json, Value};

pub struct Unit {
    pub name: String,
    pub group: u16,
    pub channels: u32,
    pub form: Form,
    pub coder: Value,
    pub flags: Value,
    pub areas: Vec<CorticalID>,
}

pub const INPUTS: &str = "input_units_and_encoder_properties";
pub const OUTPUTS: &str = "output_units_and_decoder_properties";

/// Units of both sides of a registrations JSON, in the order of their names and groups; every fault of every unit at once.
pub fn units_of(registrations: &Value) -> Outcome<(Vec<Unit>, Vec<Unit>)> {
    let mut faults: Vec<Fault> = vec![];
    let mut sides = [vec![], vec![]];
    for (side, found) in [INPUTS, OUTPUTS].into_iter().zip(&mut sides) {
        for (name, definitions) in registrations.get(side).and_then(Value::as_object).into_iter().flatten() {
            for pair in definitions.as_array().into_iter().flatten() {
                match unit_of(name, &pair[0], &pair[1], side) {
                    Ok(unit) => found.push(unit),
                    Err(fault) => faults.push(fault),
                }
            }
        }
    }
    if faults.is_empty() {
        let [inputs, outputs] = sides;
        return Ok((inputs, outputs));
    }
    let texts: Vec<String> = faults.into_iter().map(|fault| fault.text).collect();
    fault(Kind::Coder, texts.join("\n"))
}

fn unit_of(name: &str, definition: &Value, coder: &Value, side: &str) -> Outcome<Unit> {
    let group = definition.get("cortical_unit_index").and_then(Value::as_u64).unwrap_or(0) as u16;
    let wrong = |text: String| Fault { kind: Kind::Coder, text: format!("{name} {group}: {text}") };
    let devices = definition.get("device_grouping").and_then(Value::as_array).cloned().unwrap_or_default();
    if devices.is_empty() {
        return Err(wrong("a unit without channels; give at least one".to_string()));
    }
    let stage = the_stage(&devices).map_err(wrong)?;
    let flags = definition.get("io_configuration_flags").cloned().unwrap_or(json!({}));
    let map = flags.as_object().cloned().unwrap_or_default();
    let index = CorticalUnitIndex::from(group);
    let (areas, absolute_only) = if side == INPUTS {
        let unit = units::sensor(name)?;
        (
            unit.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(index, map),
            absolute_only(unit.get_allowed_frame_change_handling()),
        )
    } else {
        let unit = units::motor(name)?;
        (
            unit.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(index, map),
            absolute_only(unit.get_allowed_frame_change_handling()),
        )
    };
    let areas = areas.coded(Kind::Coder)?;
    if absolute_only && flags["frame_change_handling"] == "Incremental" {
        return Err(wrong("FEAGI allows this unit no frame_change_handling but \"Absolute\"".to_string()));
    }
    let input = side == INPUTS;
    let form = form_of(name, coder, &flags, stage.as_ref(), input).map_err(|fault| wrong(fault.text))?;
    if form.areas() != areas.len() {
        let coder_name = coder
            .as_object()
            .and_then(|object| object.keys().next().cloned())
            .unwrap_or_else(|| coder.as_str().unwrap_or_default().to_string());
        return Err(wrong(format!("the coder {coder_name} speaks to {} areas and the unit has {}", form.areas(), areas.len())));
    }
    let unit = Unit { name: name.to_string(), group, channels: devices.len() as u32, form, coder: coder.clone(), flags, areas };
    let refused = if input { unit.form.refuse_input(unit.channels) } else { unit.form.refuse_output(unit.channels) };
    match refused {
        Some(reason) => Err(wrong(reason)),
        None => Ok(unit),
    }
}

fn absolute_only(allowed: Option<&[FrameChangeHandling]>) -> bool {
    allowed.is_some_and(|allowed| !allowed.contains(&FrameChangeHandling::Incremental))
}

/// The segmentation stage that all channels of a unit have, or none. Other stages keep something of one sample for the next
/// or change the size of a frame out of sight of the genome.
fn the_stage(devices: &[Value]) -> Result<Option<Value>, String> {
    let mut found: Vec<Option<Value>> = vec![];
    for device in devices {
        if !device["channel_index_override"].is_null() {
            return Err("a bound channel has no channel_index_override: its place along x is its number".to_string());
        }
        let stages = device["pipeline_stages"].as_array().cloned().unwrap_or_default();
        found.push(match stages.as_slice() {
            [] => None,
            [one] if one.get("ImageFrameSegmentator").is_some() => Some(one["ImageFrameSegmentator"].clone()),
            _ => {
                return Err(
                    "a bound channel has no pipeline_stages but one ImageFrameSegmentator: prepare frames before they are presented"
                        .to_string(),
                )
            }
        });
    }
    let sizes = |stage: &Option<Value>| {
        stage.as_ref().map(|stage| [stage["input_image_properties"].clone(), stage["output_image_properties"].clone()])
    };
    let first = found.first().cloned().flatten();
    if found.iter().any(|stage| sizes(stage) != sizes(&first)) {
        return Err("all channels of a unit take frames of one size: their ImageFrameSegmentator stages differ".to_string());
    }
    Ok(first)
}

/// The real coders of a registrations JSON. Two registrations lose something on the way through the crates' JSON and are made
/// directly: RawIMU (its own export cannot be imported) and a Gaze that reads a plane (the export keeps only depths).
pub fn connect(registrations: &Value, inputs: &[Unit], outputs: &[Unit]) -> Outcome<ConnectorCache> {
    let direct = |unit: &&Unit| matches!(unit.form, Form::Imu { .. } | Form::Gaze { plane: Some(_), .. });
    let mut by_json = registrations.clone();
    for (side, units) in [(INPUTS, inputs), (OUTPUTS, outputs)] {
        for unit in units.iter().filter(direct) {
            if let Some(definitions) = by_json[side][&unit.name].as_array_mut() {
                definitions.retain(|pair| pair[0]["cortical_unit_index"].as_u64() != Some(u64::from(unit.group)));
            }
        }
    }
    let mut cache = ConnectorCache::new();
    cache.import_device_registrations_as_config_json(by_json).coded(Kind::Coder)?;
    for unit in inputs.iter().chain(outputs).filter(direct) {
        let group = CorticalUnitIndex::from(unit.group);
        let channels = CorticalChannelCount::new(unit.channels).coded(Kind::Coder)?;
        let frames: FrameChangeHandling = parsed(&unit.flags["frame_change_handling"])?;
        let positioning: PercentageNeuronPositioning = parsed(&unit.flags["percentage_neuron_positioning"])?;
        match &unit.form {
            Form::Imu { depth, .. } => {
                let depth = NeuronDepth::new(*depth).coded(Kind::Coder)?;
                cache.get_sensor_cache().raw_i_m_u_register(group, channels, frames, depth, positioning)
            }
            Form::Gaze { plane: Some([width, height]), modulation, .. } => {
                let eccentricity = CorticalChannelDimensions::new(*width, *height, 1).coded(Kind::Coder)?;
                let modulation = CorticalChannelDimensions::new(1, 1, *modulation).coded(Kind::Coder)?;
                cache.get_motor_cache().gaze_register(group, channels, frames, eccentricity, modulation, positioning)
            }
            _ => Ok(()),
        }
        .coded(Kind::Coder)?;
    }
    Ok(cache)
}

pub fn range_rows(ranges: &[Range]) -> Vec<Value> {
    ranges.iter().map(|range| json!({ "count": range.count, "low": range.low, "high": range.high, "whole": range.whole })).collect()
}

fn describe(unit: &Unit) -> Value {
    let areas: Vec<Value> = unit
        .areas
        .iter()
        .zip(unit.form.blocks())
        .map(|(id, [width, height, depth])| {
            json!({ "id": id.as_base_64(), "channelDims": [width, height, depth], "dims": [width * unit.channels, height, depth] })
        })
        .collect();
    json!({
        "unit": unit.name, "group": unit.group, "channels": unit.channels, "areas": areas,
        "numbers": unit.form.numbers(), "ranges": range_rows(&unit.form.ranges())
    })
}

/// `{registrations}` to `{inputs, outputs}`: what the units need of a genome, and what they take and give.
pub fn layout(request: &Value) -> Outcome<Value> {
    let registrations = &request["registrations"];
    let (inputs, outputs) = units_of(registrations)?;
    connect(registrations, &inputs, &outputs)?;
    let rows = |units: &[Unit]| -> Vec<Value> { units.iter().map(describe).collect() };
    Ok(json!({ "inputs": rows(&inputs), "outputs": rows(&outputs) }))
}

/// Channels of a bind request by their unit: `{unit, group, channel}`.
pub fn find<'a>(units: &'a [Unit], wanted: &Value) -> Outcome<(usize, &'a Unit, u32)> {
    let (name, group, channel) =
        (super::values::word(wanted, "unit")?, super::values::count(wanted, "group")?, super::values::count(wanted, "channel")?);
    match units.iter().position(|unit| unit.name == name && u64::from(unit.group) == group) {
        Some(at) if channel < u64::from(units[at].channels) => Ok((at, &units[at], channel as u32)),
        Some(at) => fault(Kind::Coder, format!("{name} {group} has {} channels, so there is no channel {channel}", units[at].channels)),
        None => fault(Kind::Coder, format!("{name} {group} is not registered")),
    }
}

/// The channels of a bind request, each once: (position of the unit, channel), in the order of the request.
pub fn chosen(units: &[Unit], wanted: &Value, side: &str) -> Outcome<Vec<(usize, u32)>> {
    let mut bound = vec![];
    for item in list(wanted)? {
        let (at, unit, channel) = find(units, item)?;
        if bound.contains(&(at, channel)) {
            return fault(Kind::Coder, format!("{side} {} {} channel {channel} is bound twice", unit.name, unit.group));
        }
        bound.push((at, channel));
    }
    Ok(bound)
}
