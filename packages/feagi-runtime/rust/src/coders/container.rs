//! The byte container of the wire: voxels and JSON structures in, bytes out, and back.
use super::session::{areas_from, areas_json};
use super::values::{count, list, unhex, word};
use crate::fault::{fault, BlameCoded, Fault, Kind, Outcome};
use crate::version::hex;
use feagi_serialization::{AgentIdentifier, FeagiByteContainer, FeagiByteStructureType, FeagiSerializable};
use feagi_structures::neuron_voxels::xyzp::CorticalMappedXYZPNeuronVoxels;
use feagi_structures::{FeagiDataError, FeagiJSON};
use serde_json::{json, Value};

const AGENT_BYTES: usize = 48;

struct Agent([u8; AGENT_BYTES]);

impl AgentIdentifier for Agent {
    fn get_identifier_bytes(&self) -> &[u8; AGENT_BYTES] {
        &self.0
    }
}

/// `{agent, increment, structures: [{jsonText} | {voxels}]}` to hex.
pub fn write(request: &Value) -> Outcome<Value> {
    let mut structures: Vec<Box<dyn FeagiSerializable>> = vec![];
    for structure in list(&request["structures"])? {
        structures.push(match structure.get("jsonText").and_then(Value::as_str) {
            Some(text) => Box::new(FeagiJSON::from_json_string(text.to_string()).coded(Kind::Coder)?),
            None => Box::new(areas_from(&structure["voxels"])?),
        });
    }
    let mut container = FeagiByteContainer::new_empty();
    let empty = hex(container.get_byte_ref());
    let parts: Vec<&dyn FeagiSerializable> = structures.iter().map(AsRef::as_ref).collect();
    container.overwrite_byte_data_with_multiple_struct_data(parts, count(request, "increment")? as u16).coded(Kind::Coder)?;
    let Ok(agent) = <[u8; AGENT_BYTES]>::try_from(unhex(word(request, "agent")?)?) else {
        return fault(Kind::PayloadInvalid, format!("an agent id is {AGENT_BYTES} bytes"));
    };
    container.set_agent_identifier(Agent(agent)).coded(Kind::Coder)?;
    Ok(json!({ "bytes": hex(container.get_byte_ref()), "empty": empty }))
}

fn staged<T>(stage: &str, result: Result<T, FeagiDataError>) -> Outcome<T> {
    result.map_err(|error| Fault { kind: Kind::Coder, text: format!("{stage}: {error:?}") })
}

/// `{bytes}` (hex) to `{agent, increment, structures}`; the error says whether the container or a structure is at fault.
pub fn read(request: &Value) -> Outcome<Value> {
    let mut container = FeagiByteContainer::new_empty();
    staged("verify", container.try_write_data_by_copy_and_verify(&unhex(word(request, "bytes")?)?))?;
    let mut structures = vec![];
    for index in 0..staged("verify", container.try_get_number_contained_structures())? {
        let made = staged("struct", container.try_create_new_struct_from_index(index as u8))?;
        structures.push(match made.get_type() {
            FeagiByteStructureType::JSON => {
                let text: FeagiJSON = staged("struct", made.try_into())?;
                json!({ "type": 1, "json_text": text.borrow_json_value().to_string() })
            }
            FeagiByteStructureType::NeuronCategoricalXYZP => {
                let areas: CorticalMappedXYZPNeuronVoxels = staged("struct", made.try_into())?;
                json!({ "type": 11, "voxels": areas_json(&areas) })
            }
        });
    }
    let agent = staged("verify", container.get_agent_identifier_bytes())?;
    let increment = staged("verify", container.get_increment_counter())?;
    Ok(json!({ "agent": hex(&agent[..]), "increment": increment, "structures": structures }))
}
