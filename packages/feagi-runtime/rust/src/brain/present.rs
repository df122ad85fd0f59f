//! The hot path: a batch of samples in, the decoders' readings out, without a byte of JSON.
//!
//! One sample is `hold` bursts with its voxels injected, then `read` bursts of the window in which outputs are read, then
//! `settle` idle bursts. In the window every burst's output voxels go to the decoders as one packet, as to a live agent;
//! the reading is what they show after the last. A channel none of whose voxels fired in the window has no reading: NaN.
use super::bind::Binding;
use super::burst::Voxels;
use super::Brain;
use crate::coders::units;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_structures::neuron_voxels::xyzp::{CorticalMappedXYZPNeuronVoxels, NeuronVoxelXYZPArrays};
use std::time::Instant;

pub struct Timing {
    pub hold: u32,
    pub read: u32,
    pub settle: u32,
}

impl Binding {
    /// Runs the real encoders. Voxels without potential are left out: the engine drops them too.
    pub fn encode(&mut self, sample: &[f32]) -> Outcome<Vec<Voxels>> {
        let mut cache = self.cache.get_sensor_cache();
        for input in &self.inputs {
            let numbers = &sample[input.start..input.start + input.form.numbers()];
            units::write(&mut cache, input.unit, input.group, input.channel, input.form.value(numbers)?)?;
        }
        cache.encode_all_sensors_to_neurons(Instant::now()).coded(Kind::Coder)?;
        let encoded = cache.get_neurons();
        let mut areas: Vec<_> = encoded.keys().copied().collect();
        areas.sort_by_key(|id| *id.as_bytes());
        let mut voxels = Vec::with_capacity(areas.len());
        for area in areas {
            let Some(neurons) = encoded.get_neurons_of(&area) else { continue };
            let (x, y, z, p) = neurons.borrow_xyzp_vectors();
            if p.iter().all(|potential| *potential != 0.0) {
                voxels.push(Voxels { area, x: x.clone(), y: y.clone(), z: z.clone(), p: p.clone() });
            } else {
                let kept: Vec<usize> = (0..x.len()).filter(|&i| p[i] != 0.0).collect();
                let pick = |column: &[u32]| kept.iter().map(|&i| column[i]).collect();
                voxels.push(Voxels { area, x: pick(x), y: pick(y), z: pick(z), p: kept.iter().map(|&i| p[i]).collect() });
            }
        }
        Ok(voxels)
    }
}

impl Brain {
    /// Rows of area number, x, y, z and potential bits that the encoders make of a sample; nothing is injected.
    pub fn explain(&mut self, sample: &[f32]) -> Outcome<Vec<[u32; 5]>> {
        let width = self.binding()?.input_width;
        if sample.len() != width {
            return fault(Kind::PayloadInvalid, format!("a sample of {} numbers; the bound inputs take {width}", sample.len()));
        }
        let Some(binding) = self.binding.as_mut() else { return Ok(vec![]) };
        let encoded = binding.encode(sample)?;
        let mut rows = vec![];
        for part in &encoded {
            let number = self.areas.iter().position(|(id, _)| *id == part.area).unwrap_or_default() as u32;
            rows.extend((0..part.x.len()).map(|i| [number, part.x[i], part.y[i], part.z[i], part.p[i].to_bits()]));
        }
        Ok(rows)
    }

    /// `readings` is n x output width, `silent` n x output channels.
    pub fn present(&mut self, batch: &[f32], timing: &Timing, readings: &mut [f32], silent: &mut [u8]) -> Outcome<()> {
        let (input_width, output_width, channels) = {
            let binding = self.binding()?;
            (binding.input_width, binding.output_width, binding.outputs.len())
        };
        let samples = if input_width == 0 { 0 } else { batch.len() / input_width };
        if samples * input_width != batch.len() || readings.len() != samples * output_width || silent.len() != samples * channels {
            return fault(
                Kind::PayloadInvalid,
                format!("a batch of {} numbers is no whole number of samples of {input_width}", batch.len()),
            );
        }
        for sample in 0..samples {
            self.present_one(&batch[sample * input_width..(sample + 1) * input_width], timing)?;
            let into = &mut readings[sample * output_width..(sample + 1) * output_width];
            self.read_out(into, &mut silent[sample * channels..(sample + 1) * channels]);
            self.rest(timing.settle)?;
        }
        Ok(())
    }

    fn present_one(&mut self, sample: &[f32], timing: &Timing) -> Outcome<()> {
        let mut binding = self.binding.take().expect("checked by the caller");
        let encoded = binding.encode(sample);
        binding.heard.lock().expect("no callback panics").touched.fill(false);
        self.binding = Some(binding);
        let encoded = encoded?;
        for _ in 0..timing.hold {
            self.inject(&encoded);
            self.step()?;
        }
        if let Some(binding) = self.binding.as_mut() {
            binding.encoded = encoded;
        }
        let mut spoken = vec![];
        for _ in 0..timing.read {
            self.step()?;
            self.listen(&mut spoken)?;
        }
        self.forget_unspoken(&spoken);
        Ok(())
    }

    /// Hands this burst's output voxels to the decoders; `spoken` collects (channel, part) pairs that fired.
    fn listen(&self, spoken: &mut Vec<(usize, usize)>) -> Outcome<()> {
        let binding = self.binding()?;
        let mut packet = CorticalMappedXYZPNeuronVoxels::new();
        let mut any = false;
        for (id, index) in &binding.output_areas {
            let Some((_, x, y, z, p)) = self.fired.get(index) else { continue };
            if x.is_empty() {
                continue;
            }
            any = true;
            let mut order: Vec<usize> = (0..x.len()).collect();
            order.sort_unstable_by_key(|&i| (x[i], y[i], z[i]));
            let mut neurons = NeuronVoxelXYZPArrays::new();
            for i in order {
                neurons.push_raw(x[i], y[i], z[i], p[i]);
            }
            packet.insert(*id, neurons);
            for (channel, output) in binding.outputs.iter().enumerate() {
                for (number, part) in output.parts.iter().enumerate() {
                    if part.area == *index && x.iter().any(|x| (part.from..part.to).contains(x)) {
                        spoken.push((channel, number));
                    }
                }
            }
        }
        if any {
            let mut motors = binding.cache.get_motor_cache();
            motors.ingest_neuron_data_and_run_callbacks(packet, Instant::now()).coded(Kind::Coder)?;
        }
        Ok(())
    }

    /// A decoder keeps its old value where nothing fired; such a value is a leftover of another sample, not a reading.
    fn forget_unspoken(&self, spoken: &[(usize, usize)]) {
        let Some(binding) = self.binding.as_ref() else { return };
        let mut heard = binding.heard.lock().expect("no callback panics");
        for (channel, output) in binding.outputs.iter().enumerate() {
            let fired = |number: usize| spoken.contains(&(channel, number));
            let enough = match output.form.parts() {
                1 => (0..output.parts.len()).any(fired),
                _ => (0..output.parts.len()).all(fired),
            };
            if !enough {
                heard.touched[channel] = false;
            }
        }
    }

    fn read_out(&self, readings: &mut [f32], silent: &mut [u8]) {
        let Some(binding) = self.binding.as_ref() else { return };
        let heard = binding.heard.lock().expect("no callback panics");
        for (channel, output) in binding.outputs.iter().enumerate() {
            let into = &mut readings[output.start..output.start + output.numbers];
            if heard.touched[channel] {
                into.copy_from_slice(&heard.values[channel]);
            } else {
                into.fill(f32::NAN);
            }
            silent[channel] = u8::from(!heard.touched[channel]);
        }
    }
}
