//! Values of all of the crates' 17 types as JSON, `{"Percentage": 0.5}`, and from JSON. Numbers that JSON does not know are
//! the strings "NaN", "Infinity", "-Infinity" and "-0".
//! Sharp edge: numbers are not range checked here, as in the crates' `_unchecked` constructors; the hot path checks before.
use crate::fault::{fault, Blame, BlameCoded, Kind, Outcome};
use crate::version::hex;
use feagi_sensorimotor::data_types::descriptors::{ColorSpace, MemoryOrderLayout, SegmentedXYImageResolutions};
use feagi_sensorimotor::data_types::*;
use feagi_sensorimotor::wrapped_io_data::WrappedIOData as W;
use ndarray::Array3;
use serde_json::{json, Value};

pub fn number(value: f32) -> Value {
    if value.is_nan() {
        json!("NaN")
    } else if value == f32::INFINITY {
        json!("Infinity")
    } else if value == f32::NEG_INFINITY {
        json!("-Infinity")
    } else if value == 0.0 && value.is_sign_negative() {
        json!("-0")
    } else {
        json!(f64::from(value))
    }
}

pub fn numbers<'a>(values: impl IntoIterator<Item = &'a f32>) -> Vec<Value> {
    values.into_iter().map(|value| number(*value)).collect()
}

pub fn float(value: &Value) -> Outcome<f32> {
    match value {
        Value::String(text) => match text.as_str() {
            "NaN" => Ok(f32::NAN),
            "Infinity" => Ok(f32::INFINITY),
            "-Infinity" => Ok(f32::NEG_INFINITY),
            "-0" => Ok(-0.0),
            other => fault(Kind::PayloadInvalid, format!("\"{other}\" is no number")),
        },
        _ => match value.as_f64() {
            Some(number) => Ok(number as f32),
            None => fault(Kind::PayloadInvalid, format!("a number was expected, and {value} came")),
        },
    }
}

pub fn list(value: &Value) -> Outcome<&Vec<Value>> {
    match value.as_array() {
        Some(items) => Ok(items),
        None => fault(Kind::PayloadInvalid, format!("a list was expected, and {value} came")),
    }
}

pub fn floats(value: &Value) -> Outcome<Vec<f32>> {
    list(value)?.iter().map(float).collect()
}

fn exactly<const N: usize>(value: &Value) -> Outcome<[f32; N]> {
    match <[f32; N]>::try_from(floats(value)?) {
        Ok(numbers) => Ok(numbers),
        Err(other) => fault(Kind::PayloadInvalid, format!("{N} numbers were expected, and {} came", other.len())),
    }
}

pub fn count(value: &Value, key: &str) -> Outcome<u64> {
    match value.get(key).and_then(Value::as_u64) {
        Some(number) => Ok(number),
        None => fault(Kind::PayloadInvalid, format!("\"{key}\" must be a whole number >= 0 in {value}")),
    }
}

pub fn word<'a>(value: &'a Value, key: &str) -> Outcome<&'a str> {
    match value.get(key).and_then(Value::as_str) {
        Some(text) => Ok(text),
        None => fault(Kind::PayloadInvalid, format!("\"{key}\" must be a text in {value}")),
    }
}

pub fn parsed<T: serde::de::DeserializeOwned>(value: &Value) -> Outcome<T> {
    serde_json::from_value(value.clone()).shown(Kind::PayloadInvalid)
}

pub fn unhex(text: &str) -> Outcome<Vec<u8>> {
    if text.len() % 2 != 0 || !text.is_ascii() {
        return fault(Kind::PayloadInvalid, "hex digits come in pairs");
    }
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).shown(Kind::PayloadInvalid)).collect()
}

fn image(value: &Value) -> Outcome<ImageFrame> {
    let shape = (count(value, "rows")? as usize, count(value, "cols")? as usize, count(value, "channels")? as usize);
    let pixels = Array3::from_shape_vec(shape, unhex(word(value, "bytes_row_major_hwc_hex")?)?).shown(Kind::PayloadInvalid)?;
    let space = parsed::<ColorSpace>(&value["color_space"])?;
    let mut frame = ImageFrame::from_array(pixels, &space, &MemoryOrderLayout::HeightsWidthsChannels).coded(Kind::Coder)?;
    frame.skip_encoding = value.get("skip_encoding").and_then(Value::as_bool).unwrap_or(false);
    Ok(frame)
}

fn image_json(frame: &ImageFrame) -> Value {
    let pixels = frame.get_internal_data();
    let bytes: Vec<u8> = pixels.iter().copied().collect();
    let shape = pixels.shape();
    json!({
        "rows": shape[0], "cols": shape[1], "channels": shape[2], "color_space": frame.get_color_space(),
        "skip_encoding": frame.skip_encoding, "bytes_row_major_hwc_hex": hex(&bytes)
    })
}

fn segmented(value: &Value) -> Outcome<SegmentedImageFrame> {
    let frames: Vec<ImageFrame> = list(value)?.iter().map(image).collect::<Outcome<_>>()?;
    if frames.len() != 9 {
        return fault(Kind::PayloadInvalid, format!("9 frames were expected, and {} came", frames.len()));
    }
    let size = |i: usize| frames[i].get_xy_resolution();
    let sizes = SegmentedXYImageResolutions::new(size(0), size(1), size(2), size(3), size(4), size(5), size(6), size(7), size(8));
    let (centre, corner) = (&frames[4], &frames[0]);
    let mut whole = SegmentedImageFrame::new(&sizes, centre.get_color_space(), centre.get_channel_layout(), corner.get_channel_layout())
        .coded(Kind::Coder)?;
    for (slot, frame) in whole.get_mut_ordered_image_frame_references().into_iter().zip(frames) {
        *slot = frame;
    }
    Ok(whole)
}

pub fn unsigned(value: f32) -> Percentage {
    Percentage::new_from_0_1_unchecked(value)
}

pub fn signed(value: f32) -> SignedPercentage {
    SignedPercentage::new_from_m1_1_unchecked(value)
}

/// `properties` are those of an audio spectrum, which its values need beside them.
pub fn value_from(value: &Value, properties: &Value) -> Outcome<W> {
    let Some((kind, data)) = value.as_object().and_then(|object| object.iter().next()) else {
        return fault(Kind::PayloadInvalid, format!("a value has the form {{type: data}}, and {value} came"));
    };
    Ok(match kind.as_str() {
        "Boolean" => match data.as_bool() {
            Some(truth) => W::Boolean(truth),
            None => return fault(Kind::PayloadInvalid, format!("true or false was expected, and {data} came")),
        },
        "Percentage" => W::Percentage(unsigned(float(data)?)),
        "Percentage_2D" => {
            let [a, b] = exactly(data)?.map(unsigned);
            W::Percentage_2D(Percentage2D::new(a, b))
        }
        "Percentage_3D" => {
            let [a, b, c] = exactly(data)?.map(unsigned);
            W::Percentage_3D(Percentage3D::new(a, b, c))
        }
        "Percentage_4D" => {
            let [a, b, c, d] = exactly(data)?.map(unsigned);
            W::Percentage_4D(Percentage4D::new(a, b, c, d))
        }
        "SignedPercentage" => W::SignedPercentage(signed(float(data)?)),
        "SignedPercentage_2D" => {
            let [a, b] = exactly(data)?.map(signed);
            W::SignedPercentage_2D(SignedPercentage2D::new(a, b))
        }
        "SignedPercentage_3D" => {
            let [a, b, c] = exactly(data)?.map(signed);
            W::SignedPercentage_3D(SignedPercentage3D::new(a, b, c))
        }
        "SignedPercentage_4D" => {
            let [a, b, c, d] = exactly(data)?.map(signed);
            W::SignedPercentage_4D(SignedPercentage4D::new(a, b, c, d))
        }
        "ImageFrame" => W::ImageFrame(image(data)?),
        "SegmentedImageFrame" => W::SegmentedImageFrame(segmented(data)?),
        "RawIMU" => {
            let axes = list(data)?.iter().map(exactly::<3>).collect::<Outcome<Vec<_>>>()?;
            let Ok([a, g, m]) = <[[f32; 3]; 3]>::try_from(axes) else {
                return fault(Kind::PayloadInvalid, "a RawIMU is 3 x 3 numbers");
            };
            let triple = |axis: [f32; 3]| SignedPercentage3D::new(signed(axis[0]), signed(axis[1]), signed(axis[2]));
            W::RawIMU(RawIMU::new(triple(a), triple(g), triple(m)))
        }
        "MiscData" => {
            let dims: [usize; 3] = parsed(&data["dims_xyz"])?;
            let cells = Array3::from_shape_vec((dims[0], dims[1], dims[2]), floats(&data["data_x_major"])?).shown(Kind::PayloadInvalid)?;
            W::MiscData(MiscData::new_with_data(cells).coded(Kind::Coder)?)
        }
        "AudioSpectrumFrame" => {
            let mut frame = AudioSpectrumFrame::new(&parsed::<AudioSpectrumProperties>(properties)?).coded(Kind::Coder)?;
            let phases: Vec<u32> = parsed(&data["phase_steps"])?;
            let magnitudes = floats(&data["magnitudes"])?;
            if phases.len() != magnitudes.len() {
                return fault(Kind::PayloadInvalid, "as many phase steps as magnitudes were expected");
            }
            for (column, (magnitude, phase)) in magnitudes.into_iter().zip(phases).enumerate() {
                frame.set_column(column, magnitude, phase).coded(Kind::Coder)?;
            }
            W::AudioSpectrumFrame(frame)
        }
        other => return fault(Kind::PayloadInvalid, format!("there is no input value of type \"{other}\"")),
    })
}

pub fn value_json(value: &W) -> Value {
    let p = |part: &Percentage| number(part.get_as_0_1());
    let s = |part: &SignedPercentage| number(part.get_as_m1_1());
    match value {
        W::Boolean(truth) => json!({ "Boolean": truth }),
        W::Percentage(v) => json!({ "Percentage": p(v) }),
        W::Percentage_2D(v) => json!({ "Percentage_2D": [p(&v.a), p(&v.b)] }),
        W::Percentage_3D(v) => json!({ "Percentage_3D": [p(&v.a), p(&v.b), p(&v.c)] }),
        W::Percentage_4D(v) => json!({ "Percentage_4D": [p(&v.a), p(&v.b), p(&v.c), p(&v.d)] }),
        W::SignedPercentage(v) => json!({ "SignedPercentage": s(v) }),
        W::SignedPercentage_2D(v) => json!({ "SignedPercentage_2D": [s(&v.a), s(&v.b)] }),
        W::SignedPercentage_3D(v) => json!({ "SignedPercentage_3D": [s(&v.a), s(&v.b), s(&v.c)] }),
        W::SignedPercentage_4D(v) => json!({ "SignedPercentage_4D": [s(&v.a), s(&v.b), s(&v.c), s(&v.d)] }),
        W::ImageFrame(frame) => json!({ "ImageFrame": image_json(frame) }),
        W::SegmentedImageFrame(frame) => {
            let frames: Vec<Value> = frame.get_ordered_image_frame_references().iter().map(|frame| image_json(frame)).collect();
            json!({ "SegmentedImageFrame": frames })
        }
        W::RawIMU(imu) => {
            let axes: Vec<Value> = imu.get_ordered_sub_components().iter().map(|v| json!([s(&v.a), s(&v.b), s(&v.c)])).collect();
            json!({ "RawIMU": axes })
        }
        W::MiscData(data) => {
            let cells = data.get_internal_data();
            json!({ "MiscData": { "dims_xyz": cells.shape(), "data_x_major": numbers(cells) } })
        }
        W::GazeProperties(gaze) => json!({ "GazeProperties": gaze }),
        W::ImageFilteringSettings(f) => {
            let pair = |v: &Percentage2D| json!([p(&v.a), p(&v.b)]);
            json!({ "ImageFilteringSettings": {
                "brightness": p(f.brightness()), "contrast": p(f.contrast()),
                "per_pixel_diff_threshold": pair(f.per_pixel_diff_threshold()), "image_diff_threshold": pair(f.image_diff_threshold())
            } })
        }
        W::PoseEstimationData(pose) => {
            let joint = |joint: &Option<JointPosition>| -> Value {
                joint.as_ref().map_or(Value::Null, |j| json!({ "x": number(j.x), "y": number(j.y), "confidence": number(j.confidence) }))
            };
            json!({ "PoseEstimationData": pose.get_joints().iter().map(joint).collect::<Vec<_>>() })
        }
        W::AudioSpectrumFrame(frame) => json!({ "AudioSpectrumFrame": {
            "magnitudes": numbers(frame.get_magnitudes()), "phase_steps": frame.get_phase_steps()
        } }),
    }
}
