//! What a registrations JSON means for one channel: how many numbers its value has, in which range, and which block of
//! voxels it owns in the area. Channels lie side by side along x.
//! Sharp edge: the crates keep this knowledge to themselves, so it is written down a second time here; binding compares it
//! with the genome, and the golden vectors compare it with the coders.
use super::units;
use super::values::{signed, unsigned};
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::data_types::descriptors::ImageFrameProperties;
use feagi_sensorimotor::data_types::*;
use feagi_sensorimotor::wrapped_io_data::WrappedIOData as W;
use feagi_structures::genomic::cortical_area::descriptors::CorticalUnitIndex;
use feagi_structures::genomic::cortical_area::CorticalID;
use ndarray::Array3;
use serde_json::{json, Value};

#[derive(Debug, Clone)]
pub enum Form {
    Boolean,
    /// `columns` along x for one channel, `axes` numbers.
    Percentage {
        depth: u32,
        signed: bool,
        axes: usize,
        columns: u32,
    },
    Misc {
        width: u32,
        height: u32,
        depth: u32,
    },
    Image {
        properties: ImageFrameProperties,
        width: u32,
        height: u32,
        colours: u32,
    },
    Audio {
        properties: AudioSpectrumProperties,
    },
    /// Decoders with a state or a shape of their own: readable, without a block of voxels that is known here.
    Free {
        numbers: usize,
        whole_area: bool,
    },
}

/// A run of numbers with one range.
pub struct Range {
    pub count: usize,
    pub low: f64,
    pub high: f64,
    pub whole: bool,
}

pub struct Unit {
    pub name: String,
    pub group: u16,
    pub channels: u32,
    pub form: Form,
    pub coder: Value,
    pub areas: Vec<CorticalID>,
}

pub const INPUTS: &str = "input_units_and_encoder_properties";
pub const OUTPUTS: &str = "output_units_and_decoder_properties";

/// Units of one side of a registrations JSON, in the order of their names and groups.
pub fn units_of(registrations: &Value, side: &str) -> Outcome<Vec<Unit>> {
    let mut found = vec![];
    for (name, definitions) in registrations.get(side).and_then(Value::as_object).into_iter().flatten() {
        for pair in definitions.as_array().into_iter().flatten() {
            found.push(unit_of(name, &pair[0], &pair[1], side)?);
        }
    }
    Ok(found)
}

fn unit_of(name: &str, definition: &Value, coder: &Value, side: &str) -> Outcome<Unit> {
    let group = definition.get("cortical_unit_index").and_then(Value::as_u64).unwrap_or(0) as u16;
    let devices = definition.get("device_grouping").and_then(Value::as_array).cloned().unwrap_or_default();
    for device in &devices {
        if !device["channel_index_override"].is_null() || device["pipeline_stages"].as_array().is_some_and(|stages| !stages.is_empty()) {
            return fault(Kind::Coder, format!("{name} {group}: a bound channel has neither channel_index_override nor pipeline_stages"));
        }
    }
    let flags = definition.get("io_configuration_flags").and_then(Value::as_object).cloned().unwrap_or_default();
    let index = CorticalUnitIndex::from(group);
    let areas = if side == INPUTS {
        units::sensor(name)?.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(index, flags)
    } else {
        units::motor(name)?.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(index, flags)
    }
    .coded(Kind::Coder)?;
    let form = form_of(coder)?;
    Ok(Unit { name: name.to_string(), group, channels: devices.len() as u32, form, coder: coder.clone(), areas })
}

fn form_of(coder: &Value) -> Outcome<Form> {
    if coder == "Boolean" {
        return Ok(Form::Boolean);
    }
    let Some((kind, data)) = coder.as_object().and_then(|object| object.iter().next()) else {
        return fault(Kind::Coder, format!("{coder} names no coder"));
    };
    let size = |key: &str| data.get(key).and_then(Value::as_u64).unwrap_or(0) as u32;
    Ok(match kind.as_str() {
        "Percentage" => {
            let depth = data[0]["value"].as_u64().unwrap_or(0) as u32;
            let signed = data[2].as_bool().unwrap_or(false);
            let axes = match data[3].as_str() {
                Some("D2") => 2,
                Some("D3") => 3,
                Some("D4") => 4,
                _ => 1,
            };
            let one_column = !signed || (axes == 1 && data[1] == "Linear");
            let columns = if one_column { axes as u32 } else { 2 * axes as u32 };
            Form::Percentage { depth, signed, axes, columns }
        }
        "MiscData" => Form::Misc { width: size("width"), height: size("height"), depth: size("depth") },
        "CartesianPlane" => {
            let properties: ImageFrameProperties = super::values::parsed(data)?;
            let frame = ImageFrame::new_from_image_frame_properties(&properties).coded(Kind::Coder)?;
            let shape = frame.get_internal_data().shape().to_vec();
            Form::Image { properties, width: shape[1] as u32, height: shape[0] as u32, colours: shape[2] as u32 }
        }
        "AudioSpectrum" => Form::Audio { properties: super::values::parsed(data)? },
        "PositionalServo" => Form::Free { numbers: 1, whole_area: false },
        "PositionalServoTargetSpeed" => Form::Free { numbers: 2, whole_area: false },
        "GazeProperties" => Form::Free { numbers: 3, whole_area: true },
        "ImageFilteringSettings" => Form::Free { numbers: 6, whole_area: true },
        "SpatialPointer" | "AngularPointer" => Form::Free { numbers: 3, whole_area: false },
        "PoseEstimation" => Form::Free { numbers: 3 * size("depth") as usize, whole_area: true },
        other => return fault(Kind::Coder, format!("the coder {other} cannot be bound to a brain; use a session of coders for it")),
    })
}

impl Form {
    /// Numbers of one value.
    pub fn numbers(&self) -> usize {
        match self {
            Form::Boolean => 1,
            Form::Percentage { axes, .. } => *axes,
            Form::Misc { width, height, depth } => *width as usize * *height as usize * *depth as usize,
            Form::Image { width, height, colours, .. } => *width as usize * *height as usize * *colours as usize,
            Form::Audio { properties } => 2 * properties.bin_count as usize,
            Form::Free { numbers, .. } => *numbers,
        }
    }

    pub fn ranges(&self) -> Vec<Range> {
        let count = self.numbers();
        let one = |low: f64, high: f64, whole: bool| vec![Range { count, low, high, whole }];
        match self {
            Form::Boolean => one(0.0, 1.0, true),
            Form::Percentage { signed: false, .. } => one(0.0, 1.0, false),
            Form::Percentage { signed: true, .. } | Form::Misc { .. } | Form::Free { .. } => one(-1.0, 1.0, false),
            Form::Image { .. } => one(0.0, 255.0, true),
            Form::Audio { properties } => vec![
                Range { count: count / 2, low: 0.0, high: 1.0, whole: false },
                Range { count: count / 2, low: 0.0, high: f64::from(properties.phase_steps) - 1.0, whole: true },
            ],
        }
    }

    /// Width, height and depth of the block of one channel.
    pub fn block(&self) -> Option<[u32; 3]> {
        match self {
            Form::Boolean => Some([1, 1, 1]),
            Form::Percentage { depth, columns, .. } => Some([*columns, 1, *depth]),
            Form::Misc { width, height, depth } => Some([*width, *height, *depth]),
            Form::Image { width, height, colours, .. } => Some([*width, *height, *colours]),
            Form::Audio { properties } => Some([properties.bin_count as u32, properties.phase_steps as u32, 1]),
            Form::Free { .. } => None,
        }
    }

    /// Blocks along x that must all have fired for the value to be more than a leftover: one for each axis.
    pub fn parts(&self) -> u32 {
        match self {
            Form::Percentage { axes, .. } => *axes as u32,
            _ => 1,
        }
    }

    pub fn value(&self, numbers: &[f32]) -> Outcome<W> {
        Ok(match self {
            Form::Boolean => W::Boolean(numbers[0] != 0.0),
            Form::Percentage { signed: false, .. } => match *numbers {
                [a] => W::Percentage(unsigned(a)),
                [a, b] => W::Percentage_2D(Percentage2D::new(unsigned(a), unsigned(b))),
                [a, b, c] => W::Percentage_3D(Percentage3D::new(unsigned(a), unsigned(b), unsigned(c))),
                [a, b, c, d] => W::Percentage_4D(Percentage4D::new(unsigned(a), unsigned(b), unsigned(c), unsigned(d))),
                _ => return fault(Kind::PayloadInvalid, "a Percentage has 1 to 4 axes"),
            },
            Form::Percentage { signed: true, .. } => match *numbers {
                [a] => W::SignedPercentage(signed(a)),
                [a, b] => W::SignedPercentage_2D(SignedPercentage2D::new(signed(a), signed(b))),
                [a, b, c] => W::SignedPercentage_3D(SignedPercentage3D::new(signed(a), signed(b), signed(c))),
                [a, b, c, d] => W::SignedPercentage_4D(SignedPercentage4D::new(signed(a), signed(b), signed(c), signed(d))),
                _ => return fault(Kind::PayloadInvalid, "a SignedPercentage has 1 to 4 axes"),
            },
            Form::Misc { width, height, depth } => {
                let shape = (*width as usize, *height as usize, *depth as usize);
                let cells = Array3::from_shape_vec(shape, numbers.to_vec()).coded(Kind::PayloadInvalid)?;
                W::MiscData(MiscData::new_with_data(cells).coded(Kind::Coder)?)
            }
            Form::Image { properties, .. } => {
                let mut frame = ImageFrame::new_from_image_frame_properties(properties).coded(Kind::Coder)?;
                for (pixel, number) in frame.get_internal_data_mut().iter_mut().zip(numbers) {
                    *pixel = *number as u8;
                }
                W::ImageFrame(frame)
            }
            Form::Audio { properties } => {
                let mut frame = AudioSpectrumFrame::new(properties).coded(Kind::Coder)?;
                let bins = numbers.len() / 2;
                for bin in 0..bins {
                    frame.set_column(bin, numbers[bin], numbers[bins + bin] as u32).coded(Kind::Coder)?;
                }
                W::AudioSpectrumFrame(frame)
            }
            Form::Free { .. } => return fault(Kind::Coder, "this coder has no encoder"),
        })
    }
}

/// The numbers of a decoded value in the order of `Form::value`.
pub fn flatten(value: &W, into: &mut Vec<f32>) {
    let p = |part: &Percentage| part.get_as_0_1();
    let s = |part: &SignedPercentage| part.get_as_m1_1();
    match value {
        W::Boolean(truth) => into.push(f32::from(u8::from(*truth))),
        W::Percentage(v) => into.push(p(v)),
        W::Percentage_2D(v) => into.extend([p(&v.a), p(&v.b)]),
        W::Percentage_3D(v) => into.extend([p(&v.a), p(&v.b), p(&v.c)]),
        W::Percentage_4D(v) => into.extend([p(&v.a), p(&v.b), p(&v.c), p(&v.d)]),
        W::SignedPercentage(v) => into.push(s(v)),
        W::SignedPercentage_2D(v) => into.extend([s(&v.a), s(&v.b)]),
        W::SignedPercentage_3D(v) => into.extend([s(&v.a), s(&v.b), s(&v.c)]),
        W::SignedPercentage_4D(v) => into.extend([s(&v.a), s(&v.b), s(&v.c), s(&v.d)]),
        W::ImageFrame(frame) => into.extend(frame.get_internal_data().iter().map(|pixel| f32::from(*pixel))),
        W::SegmentedImageFrame(_) | W::RawIMU(_) => {}
        W::MiscData(data) => into.extend(data.get_internal_data().iter()),
        W::GazeProperties(gaze) => collect_numbers(&json!(gaze), into),
        W::ImageFilteringSettings(f) => {
            let (pixel, image) = (f.per_pixel_diff_threshold(), f.image_diff_threshold());
            into.extend([p(f.brightness()), p(f.contrast()), p(&pixel.a), p(&pixel.b), p(&image.a), p(&image.b)]);
        }
        W::PoseEstimationData(pose) => {
            for joint in pose.get_joints() {
                // A joint that was not seen is no point at the origin.
                into.extend(joint.as_ref().map_or([f32::NAN; 3], |joint| [joint.x, joint.y, joint.confidence]));
            }
        }
        W::AudioSpectrumFrame(frame) => {
            into.extend(frame.get_magnitudes());
            into.extend(frame.get_phase_steps().iter().map(|step| *step as f32));
        }
    }
}

fn collect_numbers(value: &Value, into: &mut Vec<f32>) {
    match value {
        Value::Number(number) => into.extend(number.as_f64().map(|number| number as f32)),
        Value::Object(fields) => fields.values().for_each(|field| collect_numbers(field, into)),
        Value::Array(items) => items.iter().for_each(|item| collect_numbers(item, into)),
        _ => {}
    }
}
