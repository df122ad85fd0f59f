//! Joins the real coders of a registrations JSON to the areas of a brain, channel by channel, and refuses what would fail
//! or lie later: areas of another size, channels that nobody writes, coders that are known to drop or invent numbers.
//! Without a brain (a bench of coders) the same binding encodes and nothing else.
use super::lookup::Lookup;
use super::teach::Teacher;
use super::Brain;
use crate::coders::form::{flatten, Columns, Form, Numbers};
use crate::coders::layout::{chosen, connect, range_rows, units_of, Unit};
use crate::coders::units;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_npu_neural::types::NeuronId;
use feagi_sensorimotor::ConnectorCache;
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::genomic::SensoryCorticalUnit;
use serde_json::{json, Value};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub struct InputChannel {
    pub unit: SensoryCorticalUnit,
    pub group: u16,
    pub channel: u32,
    pub form: Form,
    pub start: usize,
}

/// One area that encoders write to; without a brain it has no neurons.
pub struct InputArea {
    pub id: CorticalID,
    pub lookup: Option<Lookup>,
}

pub struct OutputChannel {
    pub start: usize,
    pub numbers: usize,
    pub form: Form,
    pub area: CorticalID,
    pub channel: u32,
    /// Position of its unit among the teacher's units.
    pub unit: usize,
    /// `area` of each is a position among the binding's output areas.
    pub parts: Vec<Columns>,
}

/// An area whose fired voxels go to the decoders, by its engine index, with the width of its rows of columns.
pub struct OutputArea {
    pub id: CorticalID,
    pub index: u32,
    pub width: u32,
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
    pub input_areas: Vec<InputArea>,
    pub input_width: usize,
    /// Every input is a frame, so that a sample may be bytes.
    pub takes_bytes: bool,
    pub outputs: Vec<OutputChannel>,
    pub output_width: usize,
    pub output_areas: Vec<OutputArea>,
    pub heard: Arc<Mutex<Heard>>,
    /// Neurons and potentials of the sample that was presented last, for holding it and for presenting it again.
    pub staged: Vec<(NeuronId, f32)>,
    pub teacher: Teacher,
}

impl Brain {
    pub fn bind(&mut self, specification: &Value) -> Outcome<Value> {
        let binding = Binding::new(specification, Some(self))?;
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

    /// What is wrong with the areas that a unit speaks to.
    fn area_faults(&self, unit: &Unit) -> Vec<String> {
        let connectome = self.connectome.read();
        let mut faults = vec![];
        for (id, [width, height, depth]) in unit.areas.iter().zip(unit.form.blocks()) {
            let Some(area) = connectome.get_cortical_area(id) else {
                faults.push(format!("{} {} speaks to area {}, and the brain has no such area", unit.name, unit.group, id.as_base_64()));
                continue;
            };
            let size = [area.dimensions.width, area.dimensions.height, area.dimensions.depth];
            let wanted = [width * unit.channels, height, depth];
            if wanted != size {
                faults.push(format!(
                    "{} {} with {} channels needs area {} to be {:?}, and the genome makes it {:?}",
                    unit.name,
                    unit.group,
                    unit.channels,
                    id.as_base_64(),
                    wanted,
                    size
                ));
            }
        }
        faults
    }
}

fn bind_inputs(units: &[Unit], wanted: &Value) -> Outcome<Vec<InputChannel>> {
    let mut start = 0;
    let mut bound: Vec<InputChannel> = vec![];
    for (at, channel) in chosen(units, wanted, "input")? {
        let unit = &units[at];
        bound.push(InputChannel { unit: units::sensor(&unit.name)?, group: unit.group, channel, form: unit.form.clone(), start });
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

fn bind_outputs(units: &[Unit], wanted: &Value, areas: &[OutputArea]) -> Outcome<Vec<OutputChannel>> {
    let mut start = 0;
    let mut bound = vec![];
    for (at, channel) in chosen(units, wanted, "output")? {
        let unit = &units[at];
        let mut parts = unit.form.parts(channel);
        for part in &mut parts {
            let id = unit.areas[part.area];
            part.area = areas.iter().position(|area| area.id == id).unwrap_or_default();
        }
        let numbers = unit.form.numbers();
        bound.push(OutputChannel { start, numbers, form: unit.form.clone(), area: unit.areas[0], channel, unit: at, parts });
        start += numbers;
    }
    Ok(bound)
}

impl Binding {
    /// `{registrations, inputs, outputs}`; with a brain, every area must be there in the size that its coder needs.
    pub fn new(specification: &Value, brain: Option<&Brain>) -> Outcome<Binding> {
        let registrations = &specification["registrations"];
        let (inputs, outputs) = units_of(registrations)?;
        if let Some(brain) = brain {
            let faults: Vec<String> = inputs.iter().chain(&outputs).flat_map(|unit| brain.area_faults(unit)).collect();
            if !faults.is_empty() {
                return fault(Kind::Coder, faults.join("\n"));
            }
        }
        let cache = connect(registrations, &inputs, &outputs)?;
        let index = |id: &CorticalID| brain.map_or(Ok(0), |brain| brain.area_index(id));
        let mut input_areas = vec![];
        for unit in &inputs {
            for id in &unit.areas {
                let lookup = brain.map(|brain| brain.lookup(id)).transpose()?;
                input_areas.push(InputArea { id: *id, lookup });
            }
        }
        input_areas.sort_by_key(|area| *area.id.as_bytes());
        let mut output_areas = vec![];
        for unit in &outputs {
            for (id, [width, _, _]) in unit.areas.iter().zip(unit.form.blocks()) {
                output_areas.push(OutputArea { id: *id, index: index(id)?, width: width * unit.channels });
            }
        }
        output_areas.sort_by_key(|area| *area.id.as_bytes());
        let bound_inputs = bind_inputs(&inputs, &specification["inputs"])?;
        let bound_outputs = bind_outputs(&outputs, &specification["outputs"], &output_areas)?;
        let heard = Arc::new(Mutex::new(Heard {
            values: bound_outputs.iter().map(|channel| Vec::with_capacity(channel.numbers)).collect(),
            touched: vec![false; bound_outputs.len()],
        }));
        for (number, output) in bound_outputs.iter().enumerate() {
            let unit = &outputs[output.unit];
            let (log, form) = (heard.clone(), output.form.clone());
            let callback = move |value: &_| {
                let mut log = log.lock().expect("no callback panics");
                log.touched[number] = true;
                log.values[number].clear();
                flatten(value, &mut log.values[number]);
                form.correct(&mut log.values[number]);
            };
            units::watch(&mut cache.get_motor_cache(), units::motor(&unit.name)?, unit.group, output.channel, callback)?;
        }
        Ok(Binding {
            specification: specification.clone(),
            input_width: bound_inputs.iter().map(|channel| channel.form.numbers()).sum(),
            takes_bytes: !bound_inputs.is_empty() && bound_inputs.iter().all(|channel| channel.form.takes_bytes()),
            output_width: bound_outputs.iter().map(|channel| channel.numbers).sum(),
            cache,
            inputs: bound_inputs,
            input_areas,
            outputs: bound_outputs,
            output_areas,
            heard,
            staged: vec![],
            teacher: Teacher::new(&outputs)?,
        })
    }

    pub fn describe(&self) -> Value {
        let inputs: Vec<Value> =
            self.inputs.iter().map(|input| json!({ "width": input.form.numbers(), "ranges": range_rows(&input.form.ranges()) })).collect();
        let outputs: Vec<Value> = self
            .outputs
            .iter()
            .map(|output| json!({ "width": output.numbers, "area": output.area.as_base_64(), "ranges": range_rows(&output.form.ranges()) }))
            .collect();
        let areas: Vec<String> = self.input_areas.iter().map(|area| area.id.as_base_64()).collect();
        json!({ "inputs": inputs, "outputs": outputs, "inputAreas": areas, "takesBytes": self.takes_bytes })
    }

    pub fn check_sample(&self, sample: Numbers) -> Outcome<()> {
        if sample.len() != self.input_width {
            return fault(
                Kind::PayloadInvalid,
                format!("a sample of {} numbers; the bound inputs take {}", sample.len(), self.input_width),
            );
        }
        Ok(())
    }

    /// Runs the real encoders on one sample; their voxels then stand in the cache.
    pub fn encode(&mut self, sample: Numbers) -> Outcome<()> {
        let mut cache = self.cache.get_sensor_cache();
        for input in &self.inputs {
            let value = input.form.value(sample.part(input.start, input.start + input.form.numbers()))?;
            units::write(&mut cache, input.unit, input.group, input.channel, value)?;
        }
        cache.encode_all_sensors_to_neurons(Instant::now()).coded(Kind::Coder)
    }

    /// Looks up the neurons of the encoded voxels. Voxels without potential are left out: the engine drops them too.
    pub fn stage(&mut self) {
        let Binding { cache, input_areas, staged, .. } = self;
        let cache = cache.get_sensor_cache();
        staged.clear();
        for area in input_areas {
            let (Some(neurons), Some(lookup)) = (cache.get_neurons().get_neurons_of(&area.id), &area.lookup) else { continue };
            let (x, y, z, p) = neurons.borrow_xyzp_vectors();
            staged.reserve(x.len());
            for (((x, y), z), p) in x.iter().zip(y).zip(z).zip(p) {
                if *p != 0.0 {
                    if let Some(neuron) = lookup.neuron(*x, *y, *z) {
                        staged.push((neuron, *p));
                    }
                }
            }
        }
    }

    /// The encoded voxels as columns one after the other: number of voxels, then as many words each of the position of the
    /// area among the input areas, x, y, z and potential bits. Areas sorted by id, voxels in the encoder's order.
    pub fn voxel_columns(&mut self) -> Vec<u8> {
        let cache = self.cache.get_sensor_cache();
        let encoded = cache.get_neurons();
        let mut columns: [Vec<u32>; 5] = Default::default();
        for (number, area) in self.input_areas.iter().enumerate() {
            let Some(neurons) = encoded.get_neurons_of(&area.id) else { continue };
            let (x, y, z, p) = neurons.borrow_xyzp_vectors();
            for i in (0..x.len()).filter(|&i| p[i] != 0.0) {
                for (column, word) in columns.iter_mut().zip([number as u32, x[i], y[i], z[i], p[i].to_bits()]) {
                    column.push(word);
                }
            }
        }
        let mut bytes = Vec::with_capacity(4 + 20 * columns[0].len());
        bytes.extend_from_slice(&(columns[0].len() as u32).to_le_bytes());
        for column in columns {
            bytes.extend(column.into_iter().flat_map(u32::to_le_bytes));
        }
        bytes
    }
}
