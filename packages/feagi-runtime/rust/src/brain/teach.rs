//! The voxels of a wanted output. FEAGI has no inverse of a decoder, but an encoder of the same type: a second connector
//! cache registers, for each output unit, an input unit with the decoder's own properties, and its voxels are those to fire.
use super::bind::OutputChannel;
use super::Brain;
use crate::coders::form::{Form, Numbers};
use crate::coders::layout::Unit;
use crate::coders::units;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::ConnectorCache;
use feagi_structures::genomic::cortical_area::descriptors::CorticalUnitIndex;
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::genomic::SensoryCorticalUnit;
use serde_json::{json, Map, Value};
use std::time::Instant;

pub struct Teacher {
    cache: ConnectorCache,
    /// For each output unit: the input unit that stands for it, its group and its area; none if no encoder has its form.
    stand_ins: Vec<Option<(SensoryCorticalUnit, u16, CorticalID)>>,
}

impl Teacher {
    pub fn new(outputs: &[Unit]) -> Outcome<Teacher> {
        let mut definitions: Map<String, Value> = Map::new();
        let mut stand_ins = vec![];
        for (number, output) in outputs.iter().enumerate() {
            let name = match output.form {
                Form::Percentage { .. } => "Infrared",
                Form::Misc { .. } => "MiscData",
                Form::Image { .. } => "Vision",
                Form::Audio { .. } => "AudioInput",
                _ => {
                    stand_ins.push(None);
                    continue;
                }
            };
            let flags = json!({ "frame_change_handling": "Absolute", "percentage_neuron_positioning": "Linear" });
            let device = json!({ "friendly_name": null, "device_properties": {}, "channel_index_override": null, "pipeline_stages": [] });
            let definition = json!([{
                "friendly_name": null, "cortical_unit_index": number, "io_configuration_flags": flags,
                "device_grouping": vec![device; output.channels as usize]
            }, output.coder]);
            let entry = definitions.entry(name).or_insert_with(|| json!([]));
            entry.as_array_mut().expect("made as a list").push(definition);
            let unit = units::sensor(name)?;
            let index = CorticalUnitIndex::from(number as u16);
            let flags = flags.as_object().cloned().unwrap_or_default();
            let areas = unit.get_cortical_id_vector_from_index_and_serde_io_configuration_flags(index, flags).coded(Kind::Coder)?;
            stand_ins.push(Some((unit, number as u16, areas[0])));
        }
        let mut cache = ConnectorCache::new();
        let registrations = json!({
            "input_units_and_encoder_properties": definitions, "output_units_and_decoder_properties": {},
            "feedbacks": { "registered_feedbacks": [] }
        });
        cache.import_device_registrations_as_config_json(registrations).coded(Kind::Coder)?;
        Ok(Teacher { cache, stand_ins })
    }

    fn voxels(&self, output: &OutputChannel, numbers: &[f32]) -> Outcome<Vec<(u32, u32, u32, f32)>> {
        let Some((unit, group, area)) = &self.stand_ins[output.unit] else {
            return fault(Kind::Coder, "no encoder has the form of this output, so there is no target to fire");
        };
        let mut cache = self.cache.get_sensor_cache();
        units::write(&mut cache, *unit, *group, output.channel, output.form.value(Numbers::Floats(numbers))?)?;
        cache.encode_all_sensors_to_neurons(Instant::now()).coded(Kind::Coder)?;
        let width = output.form.blocks().first().map_or(0, |block| block[0]);
        let own = (output.channel * width)..((output.channel + 1) * width);
        let Some(neurons) = cache.get_neurons().get_neurons_of(area) else { return Ok(vec![]) };
        let (x, y, z, p) = neurons.borrow_xyzp_vectors();
        // Silence and inhibition cannot be fired.
        Ok((0..x.len()).filter(|&i| own.contains(&x[i]) && p[i] > 0.0).map(|i| (x[i], y[i], z[i], p[i])).collect())
    }
}

impl Brain {
    /// Voxels of the output's area that mean this value, with their potentials.
    pub fn target(&self, output: u32, numbers: &[f32]) -> Outcome<Vec<(u32, u32, u32, f32)>> {
        let binding = self.binding()?;
        match binding.outputs.get(output as usize) {
            Some(channel) => binding.teacher.voxels(channel, numbers),
            None => fault(Kind::PayloadInvalid, format!("output {output} of {}", binding.outputs.len())),
        }
    }
}
