//! The form of one channel's value under a coder: numbers and their ranges, blocks of voxels, and what is known to go wrong.
//!
//! Where the crates' decoders say more than fired, less is read: a number whose own columns stayed silent is NaN, also where the
//! decoder repeats its last value or a constant (`parts`). Where encoder and decoder differ by a factor, it is taken out
//! (`correct`). Where neither is possible, the form is refused with a reason (`refuse_input`, `refuse_output`).
//! Sharp edge: frame_change_handling changes no encoder; in the decoders of pointers and image filters `Incremental` means another
//! number of columns. An incremental servo or image filter integrates, so its reading goes on from the last one.
use super::values::{parsed, signed, unsigned};
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::data_types::descriptors::{ColorChannelLayout, ImageFrameProperties, SegmentedImageFrameProperties};
use feagi_sensorimotor::data_types::*;
use feagi_sensorimotor::wrapped_io_data::WrappedIOData as W;
use ndarray::Array3;
use serde_json::{json, Value};

/// Bits behind the point that an f32 halving still reaches: the Fractional encoder fires every voxel beyond.
const FRACTIONAL_DEPTH: u32 = 149;

#[derive(Debug, Clone)]
pub enum Form {
    Boolean,
    /// `columns` along x for one channel, `axes` numbers.
    Percentage {
        depth: u32,
        signed: bool,
        axes: usize,
        columns: u32,
        fractional: bool,
    },
    Misc {
        width: u32,
        height: u32,
        depth: u32,
    },
    Image {
        properties: ImageFrameProperties,
        size: [u32; 3],
    },
    /// Nine frames, lower left to upper right.
    Segments {
        properties: Box<SegmentedImageFrameProperties>,
        sizes: [[u32; 3]; 9],
    },
    /// One frame, cut into nine by the gaze of the channel's stage.
    Gazed {
        properties: ImageFrameProperties,
        size: [u32; 3],
        sizes: [[u32; 3]; 9],
    },
    /// Accelerometer, gyroscope, magnetometer, three signed axes each.
    Imu {
        depth: u32,
        fractional: bool,
    },
    Audio {
        properties: AudioSpectrumProperties,
    },
    Servo {
        depth: u32,
        speed: bool,
        fractional: bool,
    },
    /// `plane`: width and height of an eccentricity area that is read as a plane, not as two columns.
    Gaze {
        eccentricity: u32,
        modulation: u32,
        plane: Option<[u32; 2]>,
        fractional: bool,
    },
    Filter {
        depth: u32,
        incremental: bool,
        fractional: bool,
    },
    Pointer {
        angular: bool,
        width: u32,
        height: u32,
        depth: u32,
        incremental: bool,
        fractional: bool,
    },
    Pose {
        width: u32,
        height: u32,
        depth: u32,
    },
}

/// A run of numbers with one range.
pub struct Range {
    pub count: usize,
    pub low: f64,
    pub high: f64,
    pub whole: bool,
}

/// Columns of one of the unit's areas (its position among them, x from and to) that speak for some numbers of the value.
pub struct Columns {
    pub area: usize,
    pub from: u32,
    pub to: u32,
    pub first: usize,
    pub numbers: usize,
}

/// The numbers of a sample, as they came: bytes are for frames only, and go into them without becoming numbers.
#[derive(Clone, Copy)]
pub enum Numbers<'a> {
    Floats(&'a [f32]),
    Bytes(&'a [u8]),
}

impl<'a> Numbers<'a> {
    pub fn len(&self) -> usize {
        match self {
            Numbers::Floats(numbers) => numbers.len(),
            Numbers::Bytes(bytes) => bytes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn part(&self, from: usize, to: usize) -> Numbers<'a> {
        match self {
            Numbers::Floats(numbers) => Numbers::Floats(&numbers[from..to]),
            Numbers::Bytes(bytes) => Numbers::Bytes(&bytes[from..to]),
        }
    }

    fn fill(&self, pixels: &mut [u8]) {
        match self {
            Numbers::Floats(numbers) => {
                for (pixel, number) in pixels.iter_mut().zip(*numbers) {
                    *pixel = *number as u8;
                }
            }
            Numbers::Bytes(bytes) => pixels.copy_from_slice(bytes),
        }
    }
}

fn colours(layout: &ColorChannelLayout) -> u32 {
    match layout {
        ColorChannelLayout::GrayScale => 1,
        ColorChannelLayout::RG => 2,
        ColorChannelLayout::RGB => 3,
        ColorChannelLayout::RGBA => 4,
    }
}

fn frame_size(properties: &ImageFrameProperties) -> Outcome<[u32; 3]> {
    let frame = ImageFrame::new_from_image_frame_properties(properties).coded(Kind::Coder)?;
    let resolution = frame.get_xy_resolution();
    Ok([resolution.width, resolution.height, colours(frame.get_channel_layout())])
}

fn segment_sizes(properties: &SegmentedImageFrameProperties) -> [[u32; 3]; 9] {
    let at = properties.get_resolutions();
    let outer = colours(properties.get_peripheral_color_channels());
    let mut sizes = [
        at.lower_left,
        at.lower_middle,
        at.lower_right,
        at.middle_left,
        at.center,
        at.middle_right,
        at.upper_left,
        at.upper_middle,
        at.upper_right,
    ]
    .map(|size| [size.width, size.height, outer]);
    sizes[4][2] = colours(properties.get_center_color_channel());
    sizes
}

pub fn form_of(unit: &str, coder: &Value, flags: &Value, stage: Option<&Value>, input: bool) -> Outcome<Form> {
    if coder == "Boolean" && input {
        return Ok(Form::Boolean);
    }
    let Some((kind, data)) = coder.as_object().and_then(|object| object.iter().next()) else {
        return fault(Kind::Coder, format!("{coder} names no coder"));
    };
    if stage.is_some() && kind != "SegmentedImageFrame" {
        return fault(Kind::Coder, "an ImageFrameSegmentator stage needs the coder SegmentedImageFrame");
    }
    let size = |key: &str| data.get(key).and_then(Value::as_u64).unwrap_or(0) as u32;
    let depth = |at: usize| data[at]["value"].as_u64().unwrap_or(0) as u32;
    let incremental = flags["frame_change_handling"] == "Incremental";
    let flagged_fractional = flags["percentage_neuron_positioning"] == "Fractional";
    Ok(match (kind.as_str(), input) {
        ("Percentage", _) => {
            let fractional = data[1] == "Fractional";
            let signed = data[2].as_bool().unwrap_or(false);
            let axes = match data[3].as_str() {
                Some("D2") => 2,
                Some("D3") => 3,
                Some("D4") => 4,
                _ => 1,
            };
            if unit == "RawIMU" {
                if !signed || axes != 3 || fractional != flagged_fractional {
                    return fault(
                        Kind::Coder,
                        "its coder is a signed Percentage D3 with the percentage_neuron_positioning of its io_configuration_flags",
                    );
                }
                return Ok(Form::Imu { depth: depth(0), fractional });
            }
            let one_column = !signed || (axes == 1 && !fractional);
            let columns = if one_column { axes as u32 } else { 2 * axes as u32 };
            Form::Percentage { depth: depth(0), signed, axes, columns, fractional }
        }
        ("MiscData", _) => Form::Misc { width: size("width"), height: size("height"), depth: size("depth") },
        ("CartesianPlane", _) => {
            let properties: ImageFrameProperties = parsed(data)?;
            Form::Image { properties, size: frame_size(&properties)? }
        }
        ("AudioSpectrum", _) => Form::Audio { properties: parsed(data)? },
        ("SegmentedImageFrame", true) => {
            let properties: SegmentedImageFrameProperties = parsed(data)?;
            let sizes = segment_sizes(&properties);
            match stage {
                None => Form::Segments { properties: Box::new(properties), sizes },
                Some(stage) => {
                    let made: SegmentedImageFrameProperties = parsed(&stage["output_image_properties"])?;
                    if made != properties {
                        return fault(Kind::Coder, "its ImageFrameSegmentator makes other segments than its coder takes");
                    }
                    let properties: ImageFrameProperties = parsed(&stage["input_image_properties"])?;
                    Form::Gazed { properties, size: frame_size(&properties)?, sizes }
                }
            }
        }
        ("PositionalServo", false) => Form::Servo { depth: depth(0), speed: false, fractional: data[1] == "Fractional" },
        ("PositionalServoTargetSpeed", false) => Form::Servo { depth: depth(0), speed: true, fractional: data[1] == "Fractional" },
        ("GazeProperties", false) => {
            let plane: Option<[u32; 2]> = match flags.get("eccentricity_plane") {
                None => None,
                Some(size) => Some(parsed(size)?),
            };
            let fractional = data[2] == "Fractional";
            if let Some([width, height]) = plane {
                if depth(0) != 1 || (width <= 2 && height <= 1) {
                    return fault(
                        Kind::Coder,
                        "an eccentricity_plane needs eccentricity depth 1 and a width > 2 or a height > 1; FEAGI reads anything else as two columns",
                    );
                }
                if fractional != flagged_fractional {
                    return fault(Kind::Coder, "its coder and its io_configuration_flags name different percentage_neuron_positioning");
                }
            }
            Form::Gaze { eccentricity: depth(0), modulation: depth(1), plane, fractional }
        }
        ("ImageFilteringSettings", false) => {
            if (depth(1), depth(2)) != (depth(0), depth(0)) {
                return fault(Kind::Coder, "the decoder uses the first of its three depths for all of them; give three equal ones");
            }
            Form::Filter { depth: depth(0), incremental, fractional: data[3] == "Fractional" }
        }
        ("SpatialPointer", false) if unit == "AngularPointer" => {
            return fault(
                Kind::Coder,
                "the SpatialPointer decoder fails as soon as it reads at this unit, whose cortical id says signed; use AngularPointer",
            );
        }
        ("SpatialPointer" | "AngularPointer", false) => Form::Pointer {
            angular: kind == "AngularPointer",
            width: size("width"),
            height: size("height"),
            depth: size("depth"),
            incremental,
            fractional: flagged_fractional,
        },
        ("PoseEstimation", false) => Form::Pose { width: size("width"), height: size("height"), depth: size("depth") },
        (other, true) => return fault(Kind::Coder, format!("{other} is no encoder of FEAGI's")),
        (other, false) => return fault(Kind::Coder, format!("{other} is no decoder of FEAGI's")),
    })
}

impl Form {
    /// Numbers of one value.
    pub fn numbers(&self) -> usize {
        let product = |size: &[u32; 3]| size.iter().map(|length| *length as usize).product::<usize>();
        match self {
            Form::Boolean => 1,
            Form::Percentage { axes, .. } => *axes,
            Form::Misc { width, height, depth } => product(&[*width, *height, *depth]),
            Form::Image { size, .. } | Form::Gazed { size, .. } => product(size),
            Form::Segments { sizes, .. } => sizes.iter().map(product).sum(),
            Form::Imu { .. } => 9,
            Form::Audio { properties } => 2 * properties.bin_count as usize,
            Form::Servo { speed, .. } => 1 + usize::from(*speed),
            Form::Gaze { .. } | Form::Pointer { .. } => 3,
            Form::Filter { .. } => 6,
            Form::Pose { depth, .. } => 3 * *depth as usize,
        }
    }

    pub fn ranges(&self) -> Vec<Range> {
        let count = self.numbers();
        let one = |low: f64, high: f64, whole: bool| vec![Range { count, low, high, whole }];
        match self {
            Form::Boolean => one(0.0, 1.0, true),
            Form::Percentage { signed: false, .. } | Form::Servo { .. } | Form::Gaze { .. } | Form::Filter { .. } | Form::Pose { .. } => {
                one(0.0, 1.0, false)
            }
            Form::Pointer { angular: false, incremental: false, .. } => one(0.0, 1.0, false),
            Form::Percentage { signed: true, .. } | Form::Misc { .. } | Form::Imu { .. } | Form::Pointer { .. } => one(-1.0, 1.0, false),
            Form::Image { .. } | Form::Segments { .. } | Form::Gazed { .. } => one(0.0, 255.0, true),
            Form::Audio { properties } => vec![
                Range { count: count / 2, low: 0.0, high: 1.0, whole: false },
                Range { count: count / 2, low: 0.0, high: f64::from(properties.phase_steps) - 1.0, whole: true },
            ],
        }
    }

    /// Areas that the coder speaks to.
    pub fn areas(&self) -> usize {
        self.blocks().len()
    }

    /// Width, height and depth of one channel's block in each area.
    pub fn blocks(&self) -> Vec<[u32; 3]> {
        match self {
            Form::Boolean => vec![[1, 1, 1]],
            Form::Percentage { depth, columns, .. } => vec![[*columns, 1, *depth]],
            Form::Misc { width, height, depth } | Form::Pose { width, height, depth } => vec![[*width, *height, *depth]],
            Form::Image { size, .. } => vec![*size],
            Form::Segments { sizes, .. } | Form::Gazed { sizes, .. } => sizes.to_vec(),
            Form::Imu { depth, .. } => vec![[6, 1, *depth]; 3],
            Form::Audio { properties } => vec![[properties.bin_count as u32, properties.phase_steps as u32, 1]],
            Form::Servo { depth, .. } => vec![[1, 1, *depth], [2, 1, *depth], [1, 1, *depth]],
            Form::Gaze { eccentricity, modulation, plane, .. } => {
                let first = plane.map_or([2, 1, *eccentricity], |[width, height]| [width, height, 1]);
                vec![first, [1, 1, *modulation]]
            }
            Form::Filter { depth, incremental, .. } => vec![[if *incremental { 6 } else { 3 }, 1, *depth]],
            Form::Pointer { width, height, depth, .. } => vec![[*width, *height, *depth]],
        }
    }

    /// Whether every part must have fired for the value to be news, or any.
    pub fn all_parts(&self) -> bool {
        matches!(self, Form::Percentage { .. } | Form::Pointer { incremental: false, .. })
    }

    /// Which columns speak for which numbers of a channel. A number that none speaks for has no reading, ever: the decoder of
    /// image filters knows no image difference, and a pointer of one column no second and third axis.
    pub fn parts(&self, channel: u32) -> Vec<Columns> {
        let width = |area: usize| self.blocks().get(area).map_or(0, |block| block[0]);
        let start = |area: usize| channel * width(area);
        let whole =
            |area: usize, first: usize, numbers: usize| Columns { area, from: start(area), to: start(area) + width(area), first, numbers };
        let column = |area: usize, from: u32, count: u32, first: usize, numbers: usize| Columns {
            area,
            from: start(area) + from,
            to: start(area) + from + count,
            first,
            numbers,
        };
        match self {
            Form::Percentage { axes, columns, .. } => {
                let each = columns / *axes as u32;
                (0..*axes).map(|axis| column(0, axis as u32 * each, each, axis, 1)).collect()
            }
            Form::Servo { speed, .. } => {
                let mut parts = vec![whole(0, 0, 1), whole(1, 0, 1)];
                if *speed {
                    parts.push(whole(2, 1, 1));
                }
                parts
            }
            Form::Gaze { plane: Some(_), .. } => vec![whole(0, 0, 2), whole(1, 2, 1)],
            Form::Gaze { plane: None, .. } => vec![column(0, 0, 1, 0, 1), column(0, 1, 1, 1, 1), whole(1, 2, 1)],
            // The sliders are difference, brightness, contrast; the value's numbers are brightness, contrast, differences.
            Form::Filter { incremental, .. } => {
                let each = if *incremental { 2 } else { 1 };
                [(2, 2), (0, 1), (1, 1)]
                    .iter()
                    .zip(0..)
                    .map(|((first, numbers), slider)| column(0, slider * each, each, *first, *numbers))
                    .collect()
            }
            Form::Pointer { incremental: false, width: 1, .. } => vec![whole(0, 0, 1)],
            Form::Pointer { incremental: false, .. } => (0..3).map(|axis| column(0, axis, 1, axis as usize, 1)).collect(),
            _ => vec![whole(0, 0, self.numbers())],
        }
    }

    /// Takes out what the decoders are known to put in: Fractional decoders weigh bit plane z with 1/2^z, the encoders mean
    /// 1/2^(z+1), so a decoded value is twice the encoded one.
    pub fn correct(&self, value: &mut [f32]) {
        let from = match self {
            Form::Percentage { fractional: true, .. } | Form::Gaze { fractional: true, plane: None, .. } => 0,
            Form::Gaze { fractional: true, plane: Some(_), .. } => 2,
            _ => return,
        };
        for number in value.iter_mut().skip(from) {
            *number /= 2.0;
        }
    }

    pub fn refuse_input(&self, channels: u32) -> Option<String> {
        match self {
            Form::Boolean if channels > 1 => {
                Some("the Boolean encoder repeats itself once for each channel of its unit; use one unit (another group) for each".to_string())
            }
            Form::Percentage { depth, fractional: true, .. } | Form::Imu { depth, fractional: true } if *depth > FRACTIONAL_DEPTH => Some(format!(
                "the Fractional encoder fires every voxel beyond depth {FRACTIONAL_DEPTH}, where halving ends in 32 bits, and the depth is {depth}"
            )),
            _ => None,
        }
    }

    pub fn refuse_output(&self, channels: u32) -> Option<String> {
        let reason = match self {
            Form::Percentage { signed: true, axes: 2.., .. } => {
                "the decoder of a signed Percentage with several axes reads only the first of them; use one D1 unit for each axis"
            }
            Form::Percentage { depth: 1, fractional: false, .. } => {
                "a Linear Percentage of depth 1 reads the same whatever fires; give it a depth of at least 2"
            }
            Form::Image { size: [_, _, 4], .. } => "the decoder of a CartesianPlane never reads alpha; use RGB",
            Form::Servo { fractional: true, .. } => "the decoder of a servo reads Linear also where Fractional is written; write Linear",
            Form::Filter { .. } if channels > 1 => {
                "the decoder of image filters reads only its first channel; use one unit (another group) for each"
            }
            Form::Filter { fractional: true, .. } | Form::Pointer { fractional: true, .. } => {
                "this decoder doubles Fractional values and cuts them off, so the upper half reads alike; write Linear"
            }
            Form::Gaze { plane: Some(_), .. } if channels > 1 => {
                "the decoder of an eccentricity_plane gives one place to all channels; use one unit (another group) for each"
            }
            Form::Pointer { incremental: true, width, .. } if *width != 6 => {
                "an Incremental pointer has width 6: plus and minus of each axis"
            }
            Form::Pointer { incremental: false, width: 6, .. } => "an Absolute pointer has width 3, one column for each axis",
            _ => return None,
        };
        Some(reason.to_string())
    }

    /// Every number is a byte of a frame.
    pub fn takes_bytes(&self) -> bool {
        matches!(self, Form::Image { .. } | Form::Segments { .. } | Form::Gazed { .. })
    }

    pub fn value(&self, numbers: Numbers) -> Outcome<W> {
        let frame = |properties: &ImageFrameProperties| -> Outcome<W> {
            let mut frame = ImageFrame::new_from_image_frame_properties(properties).coded(Kind::Coder)?;
            numbers.fill(frame.get_internal_byte_data_mut());
            Ok(W::ImageFrame(frame))
        };
        let floats = match (self, numbers) {
            (Form::Image { properties, .. } | Form::Gazed { properties, .. }, _) => return frame(properties),
            (Form::Segments { properties, sizes }, _) => {
                let mut whole = SegmentedImageFrame::from_segmented_image_frame_properties(properties).coded(Kind::Coder)?;
                let mut start = 0;
                for (frame, size) in whole.get_mut_ordered_image_frame_references().into_iter().zip(sizes) {
                    let end = start + size.iter().map(|length| *length as usize).product::<usize>();
                    numbers.part(start, end).fill(frame.get_internal_byte_data_mut());
                    start = end;
                }
                return Ok(W::SegmentedImageFrame(whole));
            }
            (_, Numbers::Floats(floats)) => floats,
            (_, Numbers::Bytes(_)) => return fault(Kind::PayloadInvalid, "bytes are for frames only; give this input numbers"),
        };
        let triple = |axes: &[f32]| SignedPercentage3D::new(signed(axes[0]), signed(axes[1]), signed(axes[2]));
        Ok(match self {
            Form::Boolean => W::Boolean(floats[0] != 0.0),
            Form::Percentage { signed: false, .. } => match *floats {
                [a] => W::Percentage(unsigned(a)),
                [a, b] => W::Percentage_2D(Percentage2D::new(unsigned(a), unsigned(b))),
                [a, b, c] => W::Percentage_3D(Percentage3D::new(unsigned(a), unsigned(b), unsigned(c))),
                [a, b, c, d] => W::Percentage_4D(Percentage4D::new(unsigned(a), unsigned(b), unsigned(c), unsigned(d))),
                _ => return fault(Kind::PayloadInvalid, "a Percentage has 1 to 4 axes"),
            },
            Form::Percentage { signed: true, .. } => match *floats {
                [a] => W::SignedPercentage(signed(a)),
                [a, b] => W::SignedPercentage_2D(SignedPercentage2D::new(signed(a), signed(b))),
                [a, b, c] => W::SignedPercentage_3D(SignedPercentage3D::new(signed(a), signed(b), signed(c))),
                [a, b, c, d] => W::SignedPercentage_4D(SignedPercentage4D::new(signed(a), signed(b), signed(c), signed(d))),
                _ => return fault(Kind::PayloadInvalid, "a SignedPercentage has 1 to 4 axes"),
            },
            Form::Imu { .. } => W::RawIMU(RawIMU::new(triple(&floats[..3]), triple(&floats[3..6]), triple(&floats[6..]))),
            Form::Misc { width, height, depth } => {
                let shape = (*width as usize, *height as usize, *depth as usize);
                let cells = Array3::from_shape_vec(shape, floats.to_vec()).coded(Kind::PayloadInvalid)?;
                W::MiscData(MiscData::new_with_data(cells).coded(Kind::Coder)?)
            }
            Form::Audio { properties } => {
                let mut frame = AudioSpectrumFrame::new(properties).coded(Kind::Coder)?;
                let bins = floats.len() / 2;
                for bin in 0..bins {
                    frame.set_column(bin, floats[bin], floats[bins + bin] as u32).coded(Kind::Coder)?;
                }
                W::AudioSpectrumFrame(frame)
            }
            _ => return fault(Kind::Coder, "this coder has no encoder"),
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

/// The crate keeps a gaze's fields to itself, but not its JSON: eccentricity x and y, then modulation.
fn collect_numbers(value: &Value, into: &mut Vec<f32>) {
    match value {
        Value::Number(number) => into.extend(number.as_f64().map(|number| number as f32)),
        Value::Object(fields) => fields.values().for_each(|field| collect_numbers(field, into)),
        Value::Array(items) => items.iter().for_each(|item| collect_numbers(item, into)),
        _ => {}
    }
}
