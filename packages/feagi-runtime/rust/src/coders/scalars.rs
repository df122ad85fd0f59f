//! The small codecs beside the coders: text tokens, class potentials, percentages from other scales, one voxel by hand.
use super::session::{voxels_from, voxels_json};
use super::values::{count, float, number, parsed, word};
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::data_types::{
    decode_token_id_from_xyzp_bitplanes, encode_token_id_to_xyzp_bitplanes, Percentage, SignedPercentage,
};
use feagi_sensorimotor::single_voxel_decode::{decode_single_voxel, ChannelDimensions};
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::neuron_voxels::class_potential::{decode_class_potential, encode_class_potential};
use feagi_structures::FeagiDataError;
use serde_json::{json, Value};

fn unsigned(result: Result<Percentage, FeagiDataError>) -> Value {
    result.map_or_else(|error| json!({ "error": format!("{error:?}") }), |value| number(value.get_as_0_1()))
}

fn signed(result: Result<SignedPercentage, FeagiDataError>) -> Value {
    result.map_or_else(|error| json!({ "error": format!("{error:?}") }), |value| number(value.get_as_m1_1()))
}

pub fn scalar(request: &Value) -> Outcome<Value> {
    Ok(match word(request, "codec")? {
        "text_token" => {
            let planes = encode_token_id_to_xyzp_bitplanes(count(request, "token_id")? as u32, count(request, "depth")? as u32)
                .coded(Kind::Coder)?;
            let voxels = voxels_json(&planes);
            let decoded = decode_token_id_from_xyzp_bitplanes(&planes, count(request, "depth")? as u32).coded(Kind::Coder)?;
            json!({ "p": voxels["p"], "z": voxels["z"], "decoded": decoded })
        }
        "text_token_decode" => {
            let planes = voxels_from(&request["voxels"])?;
            json!({ "decoded": decode_token_id_from_xyzp_bitplanes(&planes, count(request, "depth")? as u32).coded(Kind::Coder)? })
        }
        "class_potential" => {
            let classes = count(request, "class_count")? as u32;
            let potential = encode_class_potential(count(request, "class_id")? as u32, classes).coded(Kind::Coder)?;
            json!({ "potential": number(potential), "decoded": decode_class_potential(potential, classes) })
        }
        "class_potential_decode" => {
            json!({ "decoded": decode_class_potential(float(&request["potential"])?, count(request, "class_count")? as u32) })
        }
        "percentage_constructors" => {
            let input = float(&request["input"])?;
            json!({
                "new_from_0_1": unsigned(Percentage::new_from_0_1(input)),
                "new_from_0_100": unsigned(Percentage::new_from_0_100(input)),
                "new_from_interp_m1_1": unsigned(Percentage::new_from_interp_m1_1(input)),
                "new_from_linear_interp(-40..60)": unsigned(Percentage::new_from_linear_interp(input, &(-40.0..60.0))),
                "signed_new_from_linear_interp(-40..60)": signed(SignedPercentage::new_from_linear_interp(input, &(-40.0..60.0))),
                "signed_new_from_m100_100": signed(SignedPercentage::new_from_m100_100(input)),
                "signed_new_from_m1_1": signed(SignedPercentage::new_from_m1_1(input)),
                "signed_new_scaled_from_0_1": signed(SignedPercentage::new_scaled_from_0_1(input))
            })
        }
        "percentage_u8" => {
            let value = Percentage::new_from_u8_0_255(count(request, "input")? as u8).coded(Kind::Coder)?;
            json!({ "value": number(value.get_as_0_1()), "as_u8": value.get_as_u8(), "as_0_100": number(value.get_as_0_100()) })
        }
        "single_voxel" => {
            let id = CorticalID::try_from_base_64(word(request, "id")?).coded(Kind::Coder)?;
            let ([x, y, z], size): ([u32; 3], [u32; 3]) = (parsed(&request["voxel"])?, parsed(&request["channel_dims"])?);
            let dims = ChannelDimensions::new(size[0], size[1], size[2]);
            let found = decode_single_voxel(&id, x, y, z, dims, count(request, "device_count")? as u32);
            json!({
                "channel": found.channel, "data_type": found.data_type, "error": found.error, "success": found.success,
                "value_0_1": number(found.value_0_1)
            })
        }
        other => return fault(Kind::PayloadInvalid, format!("there is no scalar codec \"{other}\"")),
    })
}
