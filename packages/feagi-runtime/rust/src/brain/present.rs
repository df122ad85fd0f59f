//! The hot path: a batch of samples in, the decoders' readings out, without a byte of JSON.
//!
//! One sample is `hold` bursts with its voxels injected, then `read` bursts of the window in which outputs are read, then
//! `settle` idle bursts. In the window every burst's output voxels go to the decoders as one packet, as to a live agent;
//! the reading is what they show after the last. A channel none of whose voxels fired in the window has no reading: NaN.
//! Of a value with parts of its own (gaze, servo with speed, image filters) only the numbers whose columns fired have one.
use super::bind::Binding;
use super::Brain;
use crate::coders::form::Numbers;
use crate::fault::{fault, BlameCoded, Kind, Outcome};
use feagi_structures::neuron_voxels::xyzp::{CorticalMappedXYZPNeuronVoxels, NeuronVoxelXYZPArrays};
use std::time::Instant;

pub struct Timing {
    pub hold: u32,
    pub read: u32,
    pub settle: u32,
}

/// For each output channel, which of its parts fired in the window.
type Spoken = Vec<Vec<bool>>;

impl Brain {
    /// Columns of the voxels that the encoders make of a sample (`Binding::voxel_columns`); nothing is injected.
    pub fn explain(&mut self, sample: Numbers) -> Outcome<Vec<u8>> {
        match self.binding.as_mut() {
            Some(binding) => binding.explain(sample),
            None => fault(Kind::Coder, "no coders are bound; call bind() first"),
        }
    }

    /// `readings` is n x output width, `silent` n x output channels.
    pub fn present(&mut self, batch: Numbers, timing: &Timing, readings: &mut [f32], silent: &mut [u8]) -> Outcome<()> {
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
            let spoken = self.present_one(batch.part(sample * input_width, (sample + 1) * input_width), timing)?;
            let into = &mut readings[sample * output_width..(sample + 1) * output_width];
            self.read_out(&spoken, into, &mut silent[sample * channels..(sample + 1) * channels]);
            self.rest(timing.settle)?;
        }
        Ok(())
    }

    fn present_one(&mut self, sample: Numbers, timing: &Timing) -> Outcome<Spoken> {
        let Some(binding) = self.binding.as_mut() else { return Ok(vec![]) };
        binding.encode(sample)?;
        binding.stage();
        binding.heard.lock().expect("no callback panics").touched.fill(false);
        let mut spoken: Spoken = binding.outputs.iter().map(|output| vec![false; output.parts.len()]).collect();
        for _ in 0..timing.hold {
            self.inject_staged();
            self.step()?;
        }
        for _ in 0..timing.read {
            self.step()?;
            self.listen(&mut spoken)?;
        }
        Ok(spoken)
    }

    /// Hands this burst's output voxels to the decoders.
    fn listen(&self, spoken: &mut Spoken) -> Outcome<()> {
        let binding = self.binding()?;
        let mut packet = CorticalMappedXYZPNeuronVoxels::new();
        let mut any = false;
        for (position, area) in binding.output_areas.iter().enumerate() {
            let Some((_, x, y, z, p)) = self.fired.get(&area.index) else { continue };
            if x.is_empty() {
                continue;
            }
            any = true;
            let mut order: Vec<usize> = (0..x.len()).collect();
            order.sort_unstable_by_key(|&i| (x[i], y[i], z[i]));
            let mut neurons = NeuronVoxelXYZPArrays::new();
            let mut columns = vec![false; area.width as usize];
            for i in order {
                neurons.push_raw(x[i], y[i], z[i], p[i]);
                columns[x[i] as usize] = true;
            }
            packet.insert(area.id, neurons);
            for (output, flags) in binding.outputs.iter().zip(spoken.iter_mut()) {
                for (part, flag) in output.parts.iter().zip(flags) {
                    *flag |= part.area == position && columns[part.from as usize..part.to as usize].contains(&true);
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
    fn read_out(&self, spoken: &Spoken, readings: &mut [f32], silent: &mut [u8]) {
        let Some(binding) = self.binding.as_ref() else { return };
        let heard = binding.heard.lock().expect("no callback panics");
        for (channel, output) in binding.outputs.iter().enumerate() {
            let flags = &spoken[channel];
            let news = if output.form.all_parts() { flags.iter().all(|fired| *fired) } else { flags.contains(&true) };
            let into = &mut readings[output.start..output.start + output.numbers];
            into.fill(f32::NAN);
            let news = news && heard.touched[channel];
            if news {
                for part in output.parts.iter().zip(flags).filter_map(|(part, fired)| fired.then_some(part)) {
                    let numbers = part.first..part.first + part.numbers;
                    into[numbers.clone()].copy_from_slice(&heard.values[channel][numbers]);
                }
            }
            silent[channel] = u8::from(!news);
        }
    }
}

impl Binding {
    pub fn explain(&mut self, sample: Numbers) -> Outcome<Vec<u8>> {
        self.check_sample(sample)?;
        self.encode(sample)?;
        Ok(self.voxel_columns())
    }
}
