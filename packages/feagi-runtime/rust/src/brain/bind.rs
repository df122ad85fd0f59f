//! Joins the real coders of a registrations JSON to the areas of a brain, channel by channel, and refuses what would fail
//! or lie later: areas of another size, channels that nobody writes, decoders that drop axes.
use super::burst::Voxels;
use super::teach::Teacher;
use super::Brain;
use crate::coders::layout::{flatten, units_of, Form, Unit, INPUTS, OUTPUTS};
use crate::coders::units;
use crate::coders::values::{count, list, word};
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_sensorimotor::ConnectorCache;
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::genomic::SensoryCorticalUnit;
use serde_json::{json, Value};
use std::sync::{Arc, Mutex};

pub struct InputChannel {
    pub unit: SensoryCorticalUnit,
    pub group: u16,
    pub channel: u32,
    pub form: Form,
    pub start: usize,
}

/// A block of voxels that must fire for a channel to have said something: engine index of the area, x from and to.
pub struct Part {
    pub area: u32,
    pub from: u32,
    pub to: u32,
}

pub struct OutputChannel {
    pub start: usize,
    pub numbers: usize,
    pub form: Form,
    pub area: CorticalID,
    pub channel: u32,
    /// Position of its unit among the teacher's units.
    pub unit: usize,
    pub parts: Vec<Part>,
}

/// What the decoders said since it was cleared; callbacks of the motor cache write here.
#[derive(Default)]
pub struct Heard {
    pub values: Vec<Vec<f32>>,
    pub touched: Vec<bool>,
}

pub struct Binding {
    pub specification: Value,
    pub cache: ConnectorCache,
    pub inputs: Vec<InputChannel>,
    pub input_width: usize,
    pub outputs: Vec<OutputChannel>,
    pub output_width: usize,
    pub output_areas: Vec<(CorticalID, u32)>,
    pub heard: Arc<Mutex<Heard>>,
    /// The voxels of the sample that was presented last, for holding it and for presenting it again.
    pub encoded: Vec<Voxels>,
    pub teacher: Teacher,
}

fn find<'a>(units: &'a [Unit], wanted: &Value) -> Outcome<(usize, &'a Unit, u32)> {
    let (name, group, channel) = (word(wanted, "unit")?, count(wanted, "group")?, count(wanted, "channel")?);
    match units.iter().position(|unit| unit.name == name && u64::from(unit.group) == group) {
        Some(at) if channel < u64::from(units[at].channels) => Ok((at, &units[at], channel as u32)),
        Some(at) => fault(Kind::Coder, format!("{name} {group} has {} channels, so there is no channel {channel}", units[at].channels)),
        None => fault(Kind::Coder, format!("{name} {group} is not registered")),
    }
}

impl Brain {
    pub fn bind(&mut self, specification: &Value) -> Outcome<Value> {
        let registrations = &specification["registrations"];
        let mut cache = ConnectorCache::new();
        cache.import_device_registrations_as_config_json(registrations.clone()).coded(Kind::Coder)?;
        let inputs = units_of(registrations, INPUTS)?;
        let outputs = units_of(registrations, OUTPUTS)?;
        for unit in inputs.iter().chain(&outputs) {
            self.check_areas(unit)?;
        }
        let bound_inputs = bind_inputs(&inputs, list(&specification["inputs"])?)?;
        let bound_outputs = self.bind_outputs(&outputs, list(&specification["outputs"])?)?;
        let heard = Arc::new(Mutex::new(Heard {
            values: bound_outputs.iter().map(|channel| Vec::with_capacity(channel.numbers)).collect(),
            touched: vec![false; bound_outputs.len()],
        }));
        for (number, output) in bound_outputs.iter().enumerate() {
            let unit = &outputs[output.unit];
            let log = heard.clone();
            let callback = move |value: &_| {
                let mut log = log.lock().expect("no callback panics");
                log.touched[number] = true;
                log.values[number].clear();
                flatten(value, &mut log.values[number]);
            };
            units::watch(&mut cache.get_motor_cache(), units::motor(&unit.name)?, unit.group, output.channel, callback)?;
        }
        let mut output_areas: Vec<(CorticalID, u32)> = vec![];
        for unit in &outputs {
            for area in &unit.areas {
                output_areas.push((*area, self.area_index(area)?));
            }
        }
        output_areas.sort_by_key(|(id, _)| *id.as_bytes());
        let binding = Binding {
            specification: specification.clone(),
            input_width: bound_inputs.iter().map(|channel| channel.form.numbers()).sum(),
            output_width: bound_outputs.iter().map(|channel| channel.numbers).sum(),
            cache,
            inputs: bound_inputs,
            outputs: bound_outputs,
            output_areas,
            heard,
            encoded: vec![],
            teacher: Teacher::new(&outputs)?,
        };
        let answer = binding.describe();
        self.binding = Some(binding);
        Ok(answer)
    }

    /// Coders as new: decoders then remember nothing of what they read before.
    pub(crate) fn renew_binding(&mut self) -> Outcome<()> {
        if let Some(binding) = self.binding.take() {
            self.bind(&binding.specification)?;
        }
        Ok(())
    }

    pub(crate) fn binding(&self) -> Outcome<&Binding> {
        match self.binding.as_ref() {
            Some(binding) => Ok(binding),
            None => fault(Kind::Coder, "no coders are bound; call bind() first"),
        }
    }

    fn check_areas(&self, unit: &Unit) -> Outcome<()> {
        let connectome = self.connectome.read();
        for id in &unit.areas {
            let Some(area) = connectome.get_cortical_area(id) else {
                return fault(
                    Kind::Coder,
                    format!("{} {} speaks to area {}, and the brain has no such area", unit.name, unit.group, id.as_base_64()),
                );
            };
            let (Some(block), size) = (unit.form.block(), &area.dimensions) else { continue };
            let wanted = [block[0] * unit.channels, block[1], block[2]];
            if wanted != [size.width, size.height, size.depth] {
                return fault(
                    Kind::Coder,
                    format!(
                        "{} {} with {} channels needs area {} to be {:?}, and the genome makes it {:?}",
                        unit.name,
                        unit.group,
                        unit.channels,
                        id.as_base_64(),
                        wanted,
                        [size.width, size.height, size.depth]
                    ),
                );
            }
        }
        Ok(())
    }

    fn bind_outputs(&self, units: &[Unit], wanted: &[Value]) -> Outcome<Vec<OutputChannel>> {
        let mut start = 0;
        let mut bound: Vec<OutputChannel> = vec![];
        for item in wanted {
            let (at, unit, channel) = find(units, item)?;
            if matches!(unit.form, Form::Percentage { signed: true, axes: 2.., .. }) {
                return fault(
                    Kind::Coder,
                    format!("{} {}: the decoder of a signed Percentage with several axes reads only the first of them; use one D1 unit for each axis", unit.name, unit.group),
                );
            }
            if bound.iter().any(|other| other.unit == at && other.channel == channel) {
                return fault(Kind::Coder, format!("output {} {} channel {channel} is bound twice", unit.name, unit.group));
            }
            let mut parts = vec![];
            for area in &unit.areas {
                let index = self.area_index(area)?;
                let width = self.connectome.read().get_cortical_area(area).map_or(0, |area| area.dimensions.width);
                let (from, to) = match unit.form {
                    Form::Free { whole_area: true, .. } => (0, width),
                    _ => (channel * (width / unit.channels), (channel + 1) * (width / unit.channels)),
                };
                let slice = (to - from) / unit.form.parts();
                parts.extend((0..unit.form.parts()).map(|part| Part {
                    area: index,
                    from: from + part * slice,
                    to: from + (part + 1) * slice,
                }));
            }
            let numbers = unit.form.numbers();
            bound.push(OutputChannel { start, numbers, form: unit.form.clone(), area: unit.areas[0], channel, unit: at, parts });
            start += numbers;
        }
        Ok(bound)
    }
}

fn bind_inputs(units: &[Unit], wanted: &[Value]) -> Outcome<Vec<InputChannel>> {
    let mut start = 0;
    let mut bound: Vec<InputChannel> = vec![];
    for item in wanted {
        let (_, unit, channel) = find(units, item)?;
        if matches!(unit.form, Form::Boolean) && unit.channels > 1 {
            return fault(
                Kind::Coder,
                format!(
                    "{} {}: the Boolean encoder repeats itself once for each channel of its unit; use one unit (another group) for each",
                    unit.name, unit.group
                ),
            );
        }
        if matches!(unit.form, Form::Free { .. }) {
            return fault(Kind::Coder, format!("{} {}: this is no encoder", unit.name, unit.group));
        }
        let kind = units::sensor(&unit.name)?;
        if bound.iter().any(|other| other.unit == kind && other.group == unit.group && other.channel == channel) {
            return fault(Kind::Coder, format!("input {} {} channel {channel} is bound twice", unit.name, unit.group));
        }
        bound.push(InputChannel { unit: kind, group: unit.group, channel, form: unit.form.clone(), start });
        start += unit.form.numbers();
    }
    let registered: usize = units.iter().map(|unit| unit.channels as usize).sum();
    if bound.len() != registered {
        return fault(
            Kind::Coder,
            format!(
                "{registered} input channels are registered and {} are bound; a channel that is never written fires its blank value",
                bound.len()
            ),
        );
    }
    Ok(bound)
}

impl Binding {
    fn describe(&self) -> Value {
        let ranges = |form: &Form| -> Vec<Value> {
            let all = form.ranges();
            all.iter().map(|range| json!({ "count": range.count, "low": range.low, "high": range.high, "whole": range.whole })).collect()
        };
        let inputs: Vec<Value> =
            self.inputs.iter().map(|input| json!({ "width": input.form.numbers(), "ranges": ranges(&input.form) })).collect();
        let outputs: Vec<Value> = self
            .outputs
            .iter()
            .map(|output| json!({ "width": output.numbers, "area": output.area.as_base_64(), "ranges": ranges(&output.form) }))
            .collect();
        json!({ "inputs": inputs, "outputs": outputs })
    }
}
