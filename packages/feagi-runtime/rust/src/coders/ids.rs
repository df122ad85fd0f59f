//! Cortical ids: eight bytes that say side, unit, kind of data, sub-unit and group; and the table of all units.
use super::units;
use super::values::{count, word};
use crate::fault::{BlameCoded, Kind, Outcome};
use crate::version::hex;
use feagi_structures::genomic::cortical_area::descriptors::CorticalUnitIndex;
use feagi_structures::genomic::cortical_area::{CoreCorticalType, CorticalID};
use feagi_structures::genomic::{MotorCorticalUnit, SensoryCorticalUnit};
use serde_json::{json, Value};

fn describe(id: &CorticalID) -> Value {
    json!({
        "base64": id.as_base_64(), "hex": hex(id.as_bytes()), "u64": id.as_u64().to_string(),
        "flag": id.extract_io_data_flag().map(|flag| flag.to_string()).ok(),
        "subUnit": id.io_cortical_sub_unit_index().get(),
        "group": id.io_cortical_unit_index().get()
    })
}

/// `{direction, unit, group, flags}`: the ids of all areas of a unit.
pub fn cortical_ids(request: &Value) -> Outcome<Value> {
    let flags = request["flags"].as_object().cloned().unwrap_or_default();
    let group = CorticalUnitIndex::from(count(request, "group")? as u16);
    let name = word(request, "unit")?;
    let ids = if request["direction"] == "input" {
        units::sensor(name)?.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(group, flags)
    } else {
        units::motor(name)?.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(group, flags)
    }
    .coded(Kind::Coder)?;
    Ok(ids.iter().map(describe).collect())
}

/// `{base64}` or `{legacy}`: one id from its text.
pub fn cortical_id(request: &Value) -> Outcome<Value> {
    let id = match request.get("legacy").and_then(Value::as_str) {
        Some(text) => CorticalID::try_from_legacy_ascii(text).coded(Kind::Coder)?,
        None => CorticalID::try_from_base_64(word(request, "base64")?).coded(Kind::Coder)?,
    };
    Ok(describe(&id))
}

pub fn core_ids() -> Value {
    use CoreCorticalType as C;
    let all = [C::Death, C::Power, C::Fatigue, C::Pain, C::Pleasure, C::Fear, C::Hope];
    all.iter()
        .map(|core| {
            let id = core.to_cortical_id();
            json!({ "core": format!("{core:?}"), "base64": id.as_base_64(), "ascii": String::from_utf8_lossy(id.as_bytes()) })
        })
        .collect()
}

macro_rules! common {
    ($direction:literal, $unit:expr) => {{
        let unit = $unit;
        let mut topology: Vec<(u32, Value)> =
            unit.get_unit_default_topology().iter().map(|(index, area)| (u32::from(index.get()), json!(area))).collect();
        topology.sort_by_key(|(index, _)| *index);
        json!({
            "direction": $direction, "unit": json!(unit), "friendly": unit.to_string(),
            "code": String::from_utf8_lossy(&unit.get_cortical_id_unit_reference()), "snake": unit.get_snake_case_name(),
            "areas": unit.get_number_cortical_areas(), "allowed_frame_change_handling": unit.get_allowed_frame_change_handling(),
            "topology": topology
        })
    }};
}

fn input_row(unit: &SensoryCorticalUnit) -> Value {
    let mut row = common!("input", unit);
    row["accepts"] = json!(unit.get_accepted_wrapped_io_data_type());
    row["default_firing_threshold"] = json!(unit.get_default_firing_threshold());
    row["default_mp_charge_accumulation"] = json!(unit.get_default_mp_charge_accumulation());
    row["default_sensory_hold_last_frame"] = json!(unit.get_default_sensory_hold_last_frame());
    row
}

pub fn units() -> Value {
    let inputs = SensoryCorticalUnit::list_all().iter().map(input_row);
    let outputs = MotorCorticalUnit::list_all().iter().map(|unit| common!("output", unit));
    inputs.chain(outputs).collect()
}
