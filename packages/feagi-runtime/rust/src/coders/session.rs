//! Coders without a brain: every configuration, every type of value, voxels or container bytes. For tests, for looking at
//! what a value becomes, and for the odd types that a bound brain does not take.
use super::layout::OUTPUTS;
use super::units;
use super::values::{count, float, floats, numbers, parsed, value_from, value_json, word};
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::data_types::descriptors::{ImageFrameProperties, SegmentedImageFrameProperties};
use feagi_sensorimotor::data_types::{GazeProperties, Percentage2D};
use feagi_sensorimotor::ConnectorCache;
use feagi_structures::genomic::cortical_area::descriptors::{
    CorticalChannelCount, CorticalChannelDimensions, CorticalUnitIndex, NeuronDepth,
};
use feagi_structures::genomic::cortical_area::io_cortical_area_configuration_flag::{FrameChangeHandling, PercentageNeuronPositioning};
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::neuron_voxels::xyzp::{CorticalMappedXYZPNeuronVoxels, NeuronVoxelXYZPArrays};
use serde_json::{json, Map, Value};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub struct Session {
    cache: ConnectorCache,
    changed: Arc<Mutex<Vec<Value>>>,
}

/// `{x, y, z, p}` of one area.
pub fn voxels_json(neurons: &NeuronVoxelXYZPArrays) -> Value {
    let (x, y, z, p) = neurons.borrow_xyzp_vectors();
    json!({ "x": x, "y": y, "z": z, "p": numbers(p) })
}

pub fn voxels_from(value: &Value) -> Outcome<NeuronVoxelXYZPArrays> {
    let (x, y, z): (Vec<u32>, Vec<u32>, Vec<u32>) = (parsed(&value["x"])?, parsed(&value["y"])?, parsed(&value["z"])?);
    let p = floats(&value["p"])?;
    if [y.len(), z.len(), p.len()] != [x.len(); 3] {
        return fault(Kind::PayloadInvalid, "x, y, z and p of voxels are lists of one length");
    }
    let mut neurons = NeuronVoxelXYZPArrays::new();
    for i in 0..x.len() {
        neurons.push_raw(x[i], y[i], z[i], p[i]);
    }
    Ok(neurons)
}

pub fn areas_from(value: &Value) -> Outcome<CorticalMappedXYZPNeuronVoxels> {
    let mut areas = CorticalMappedXYZPNeuronVoxels::new();
    for (id, voxels) in value.as_object().into_iter().flatten() {
        areas.insert(CorticalID::try_from_base_64(id).coded(Kind::Coder)?, voxels_from(voxels)?);
    }
    Ok(areas)
}

pub fn areas_json(areas: &CorticalMappedXYZPNeuronVoxels) -> Value {
    let mut found = Map::new();
    for id in areas.keys() {
        if let Some(neurons) = areas.get_neurons_of(id) {
            found.insert(id.as_base_64(), voxels_json(neurons));
        }
    }
    Value::Object(found)
}

impl Session {
    /// `{config}` is a registrations JSON; `{register}` is for the three units that JSON cannot carry.
    pub fn open(request: &Value) -> Outcome<Session> {
        let mut session = Session { cache: ConnectorCache::new(), changed: Arc::default() };
        let mut outputs: Vec<(String, u16, u32)> = vec![];
        let config = &request["config"];
        if !config.is_null() {
            session.cache.import_device_registrations_as_config_json(config.clone()).coded(Kind::Coder)?;
            for (unit, definitions) in config[OUTPUTS].as_object().into_iter().flatten() {
                for definition in definitions.as_array().into_iter().flatten() {
                    let channels = definition[0]["device_grouping"].as_array().map_or(0, Vec::len);
                    outputs.push((unit.clone(), count(&definition[0], "cortical_unit_index")? as u16, channels as u32));
                }
            }
        }
        for wanted in request["register"].as_array().into_iter().flatten() {
            session.register(wanted)?;
            if word(wanted, "unit")? == "Gaze" {
                outputs.push(("Gaze".to_string(), count(wanted, "group")? as u16, count(wanted, "channels")? as u32));
            }
        }
        for (unit, group, channels) in outputs {
            for channel in 0..channels {
                session.watch(&unit, group, channel)?;
            }
        }
        Ok(session)
    }

    fn register(&mut self, wanted: &Value) -> Outcome<()> {
        let group = CorticalUnitIndex::from(count(wanted, "group")? as u16);
        let channels = CorticalChannelCount::new(count(wanted, "channels")? as u32).coded(Kind::Coder)?;
        let frames: FrameChangeHandling = parsed(&wanted["frame_change_handling"])?;
        let positioning = || parsed::<PercentageNeuronPositioning>(&wanted["positioning"]);
        match word(wanted, "unit")? {
            "RawIMU" => {
                let depth = NeuronDepth::new(count(wanted, "z")? as u32).coded(Kind::Coder)?;
                self.cache.get_sensor_cache().raw_i_m_u_register(group, channels, frames, depth, positioning()?)
            }
            "SegmentedVision" => {
                let gaze = &wanted["gaze"];
                let centre = floats(&gaze["eccentricity_xy"])?;
                let [x, y] = [centre.first(), centre.get(1)].map(|value| super::values::unsigned(value.copied().unwrap_or(f32::NAN)));
                let size = super::values::unsigned(float(&gaze["modulation"])?);
                let (input, output): (ImageFrameProperties, SegmentedImageFrameProperties) =
                    (parsed(&wanted["input"])?, parsed(&wanted["segmented"])?);
                let gaze = GazeProperties::new(Percentage2D::new(x, y), size);
                self.cache.get_sensor_cache().segmented_vision_register(group, channels, frames, input, output, gaze)
            }
            "Gaze" => {
                let block = |key: &str| -> Outcome<CorticalChannelDimensions> {
                    let size: [u32; 3] = parsed(&wanted[key])?;
                    CorticalChannelDimensions::new(size[0], size[1], size[2]).coded(Kind::Coder)
                };
                let (eccentricity, modulation) = (block("eccentricity")?, block("modulation")?);
                self.cache.get_motor_cache().gaze_register(group, channels, frames, eccentricity, modulation, positioning()?)
            }
            other => return fault(Kind::Coder, format!("{other} is registered by config")),
        }
        .coded(Kind::Coder)
    }

    fn watch(&mut self, unit: &str, group: u16, channel: u32) -> Outcome<()> {
        let (log, name) = (self.changed.clone(), unit.to_string());
        let note = move |value: &_| {
            let entry = json!({ "unit": name, "group": group, "channel": channel, "value": value_json(value) });
            log.lock().expect("no callback panics").push(entry);
        };
        units::watch(&mut self.cache.get_motor_cache(), units::motor(unit)?, group, channel, note)
    }

    /// `{unit, group, channel, value, properties}`.
    pub fn write(&mut self, request: &Value) -> Outcome<()> {
        let value = value_from(&request["value"], &request["properties"])?;
        let unit = units::sensor(word(request, "unit")?)?;
        let (group, channel) = (count(request, "group")? as u16, count(request, "channel")? as u32);
        units::write(&mut self.cache.get_sensor_cache(), unit, group, channel, value)
    }

    /// One burst of all encoders.
    pub fn encode(&mut self) -> Outcome<Value> {
        let mut sensors = self.cache.get_sensor_cache();
        sensors.encode_all_sensors_to_neurons(Instant::now()).coded(Kind::Coder)?;
        Ok(areas_json(sensors.get_neurons()))
    }

    /// The container of the last burst.
    pub fn bytes(&mut self) -> Outcome<Vec<u8>> {
        let mut sensors = self.cache.get_sensor_cache();
        sensors.encode_neurons_to_bytes().coded(Kind::Coder)?;
        Ok(sensors.get_feagi_byte_container().get_byte_ref().to_vec())
    }

    pub fn decode_voxels(&mut self, voxels: &Value) -> Outcome<Value> {
        let packet = areas_from(voxels)?;
        self.cache.get_motor_cache().ingest_neuron_data_and_run_callbacks(packet, Instant::now()).coded(Kind::Coder)?;
        Ok(self.take_changed())
    }

    pub fn decode_bytes(&mut self, bytes: &[u8]) -> Outcome<Value> {
        let mut motors = self.cache.get_motor_cache();
        motors.get_feagi_byte_container_mut().try_write_data_by_copy_and_verify(bytes).coded(Kind::Coder)?;
        motors.try_decode_bytes_to_neural_data().coded(Kind::Coder)?;
        motors.try_decode_neural_data_into_cache(Instant::now()).coded(Kind::Coder)?;
        drop(motors);
        Ok(self.take_changed())
    }

    pub fn registrations(&self) -> Outcome<Value> {
        self.cache.export_device_registrations_as_config_json().coded(Kind::Coder)
    }

    fn take_changed(&self) -> Value {
        let mut changed = std::mem::take(&mut *self.changed.lock().expect("no callback panics"));
        changed.sort_by_key(|entry| (entry["unit"].to_string(), entry["group"].as_u64(), entry["channel"].as_u64()));
        json!(changed)
    }
}
