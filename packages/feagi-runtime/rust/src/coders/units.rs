//! Units by name. The crates offer one function per unit and verb; these two tables turn a value into the right call.
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::caching::{MotorDeviceCache, SensorDeviceCache};
use feagi_sensorimotor::wrapped_io_data::WrappedIOData;
use feagi_structures::genomic::cortical_area::descriptors::{CorticalChannelIndex, CorticalUnitIndex};
use feagi_structures::genomic::{MotorCorticalUnit, SensoryCorticalUnit};
use serde_json::Value;

pub fn sensor(name: &str) -> Outcome<SensoryCorticalUnit> {
    match serde_json::from_value(Value::String(name.to_string())) {
        Ok(unit) => Ok(unit),
        Err(_) => fault(Kind::Coder, format!("there is no input unit \"{name}\"")),
    }
}

pub fn motor(name: &str) -> Outcome<MotorCorticalUnit> {
    match serde_json::from_value(Value::String(name.to_string())) {
        Ok(unit) => Ok(unit),
        Err(_) => fault(Kind::Coder, format!("there is no output unit \"{name}\"")),
    }
}

macro_rules! call {
    ($cache:expr, $unit:expr, $arguments:tt, $($name:path => $verb:ident),* $(,)?) => {
        match $unit { $($name => call!(@one $cache, $verb, $arguments)),* }
    };
    (@one $cache:expr, $verb:ident, ($($argument:expr),*)) => { $cache.$verb($($argument),*).map(|_| ()) };
}

pub fn write(cache: &mut SensorDeviceCache, unit: SensoryCorticalUnit, group: u16, channel: u32, value: WrappedIOData) -> Outcome<()> {
    use SensoryCorticalUnit as S;
    let (group, channel) = (CorticalUnitIndex::from(group), CorticalChannelIndex::from(channel));
    call!(cache, unit, (group, channel, value),
        S::Infrared => infrared_write, S::Proximity => proximity_write, S::Shock => shock_write, S::Battery => battery_write,
        S::Servo => servo_write, S::AnalogGPIO => analog_g_p_i_o_write, S::DigitalGPIO => digital_g_p_i_o_write,
        S::MiscData => misc_data_write, S::TextEnglishInput => text_english_input_write, S::CountInput => count_input_write,
        S::Vision => vision_write, S::DepthMap => depth_map_write, S::ObjectSegmentationInput => object_segmentation_input_write,
        S::SegmentedVision => segmented_vision_write, S::RawIMU => raw_i_m_u_write, S::SmartIMU => smart_i_m_u_write,
        S::CartesianPosition => cartesian_position_write, S::AudioInput => audio_input_write,
    )
    .coded(Kind::Coder)
}

/// Calls back whenever a packet changed the channel.
pub fn watch<F>(cache: &mut MotorDeviceCache, unit: MotorCorticalUnit, group: u16, channel: u32, callback: F) -> Outcome<()>
where
    F: Fn(&WrappedIOData) + Send + Sync + 'static,
{
    use MotorCorticalUnit as M;
    let (group, channel) = (CorticalUnitIndex::from(group), CorticalChannelIndex::from(channel));
    call!(cache, unit, (group, channel, callback),
        M::RotaryMotor => rotary_motor_try_register_motor_callback,
        M::PositionalServo => positional_servo_try_register_motor_callback,
        M::Gaze => gaze_try_register_motor_callback,
        M::MiscData => misc_data_try_register_motor_callback,
        M::TextEnglishOutput => text_english_output_try_register_motor_callback,
        M::CountOutput => count_output_try_register_motor_callback,
        M::ObjectSegmentation => object_segmentation_try_register_motor_callback,
        M::SimpleVisionOutput => simple_vision_output_try_register_motor_callback,
        M::PoseEstimation => pose_estimation_try_register_motor_callback,
        M::DynamicImageProcessing => dynamic_image_processing_try_register_motor_callback,
        M::SpatialPointer => spatial_pointer_try_register_motor_callback,
        M::AngularPointer => angular_pointer_try_register_motor_callback,
        M::AudioOutput => audio_output_try_register_motor_callback,
    )
    .coded(Kind::Coder)
}
