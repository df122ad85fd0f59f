//! The loop of row `pipeline` with the official crate: `upstream-bench SAMPLES` runs SAMPLES rows (4 features, 3 classes) through
//! `run_rollout` with the crate's own population encoder (10 bins) and class decoder, and prints one JSON line.
//! Sharp edge: there is no engine. The runtime hands what was encoded to the decoder, and predictions stay in memory.
use feagi_structures::genomic::cortical_area::descriptors::CorticalUnitIndex;
use feagi_structures::genomic::cortical_area::io_cortical_area_configuration_flag::{FrameChangeHandling, PercentageNeuronPositioning};
use feagi_structures::genomic::cortical_area::CorticalID;
use feagi_structures::genomic::MotorCorticalUnit;
use feagi_structures::neuron_voxels::xyzp::CorticalMappedXYZPNeuronVoxels;
use feagi_trainer::binding::profile::VisionLayout;
use feagi_trainer::binding::{
    BinSpacing, ClassDecoder, DecoderBindingProfile, EncoderBindingProfile, EncodingScheme, FeagiRuntime, NoAffectReward,
    PopulationEncoder, RewardSignal,
};
use feagi_trainer::contracts::common::{DatasetVersionId, Modality, OutputType, RunId, SampleId, Split};
use feagi_trainer::contracts::ir_sample::{IRSample, Payload, TypedTarget};
use feagi_trainer::error::TrainerError;
use feagi_trainer::executor::{run_rollout, ExecutorConfig};
use feagi_trainer::metrics::ClassificationMetricPack;
use std::collections::BTreeMap;
use std::time::Instant;

const BINS: u32 = 10;
const FEATURES: u32 = 4;
const CLASSES: u32 = 3;

struct Loopback {
    motor: CorticalMappedXYZPNeuronVoxels,
    from: CorticalID,
    to: CorticalID,
}

impl FeagiRuntime for Loopback {
    type SensoryFrame = CorticalMappedXYZPNeuronVoxels;
    type MotorFrame = CorticalMappedXYZPNeuronVoxels;

    fn submit_sensory(&mut self, frame: Self::SensoryFrame) -> Result<(), TrainerError> {
        let source = frame.get_neurons_of(&self.from).ok_or_else(|| TrainerError::Runtime("nothing was encoded".into()))?;
        let (xs, ys, zs, ps) = source.borrow_xyzp_vectors();
        let mut motor = CorticalMappedXYZPNeuronVoxels::new();
        let target = motor.ensure_clear_and_borrow_mut(&self.to);
        for index in 0..xs.len() {
            if xs[index] < CLASSES {
                target.push_raw(xs[index], ys[index], zs[index], ps[index]);
            }
        }
        self.motor = motor;
        Ok(())
    }
    fn submit_reward(&mut self, _: &[RewardSignal]) -> Result<(), TrainerError> {
        Ok(())
    }
    fn step(&mut self, _: u32) -> Result<(), TrainerError> {
        Ok(())
    }
    fn collect_motor(&mut self) -> Result<Option<Self::MotorFrame>, TrainerError> {
        Ok(Some(self.motor.clone()))
    }
}

fn sample(index: u32) -> IRSample {
    let class_id = index % CLASSES;
    let value = |feature: u32| (u64::from(index) * 7919 + u64::from(feature) * 104_729) % 99_991;
    let features = (0..FEATURES).map(|feature| value(feature) as f64 / 100_000.0).collect();
    IRSample {
        schema_version: 1,
        sample_id: SampleId(format!("s-{index}")),
        dataset_version_id: DatasetVersionId("rows@1".into()),
        split: Split::Test,
        modality: Modality::Tabular,
        payload: Payload::Tabular(features),
        target: Some(TypedTarget::Class { class_id, label: None }),
        output_type: OutputType::Class,
        coordinate_frame: None,
        timestamp: None,
        metadata: BTreeMap::new(),
    }
}

fn main() {
    let count: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("usage: upstream-bench SAMPLES");
    let samples: Vec<IRSample> = (0..count).map(sample).collect();
    let encoder_profile = EncoderBindingProfile {
        cortical_area_id: "in".into(),
        channels: FEATURES,
        scheme: EncodingScheme::PopulationSingleSpike { bins: BINS, spacing: BinSpacing::Linear },
        image_width: None,
        image_height: None,
        vision_layout: VisionLayout::Simple,
        stream: None,
        teacher: None,
        segmentation_teacher: None,
        segmented_vision: None,
        cortical_name: None,
    };
    let decoder_profile = DecoderBindingProfile {
        cortical_area_id: "out".into(),
        class_count: CLASSES,
        bins: BINS,
        mask_width: None,
        mask_height: None,
        cortical_name: None,
    };
    let to = MotorCorticalUnit::get_cortical_ids_array_for_count_output_with_parameters(
        FrameChangeHandling::Absolute,
        PercentageNeuronPositioning::Linear,
        CorticalUnitIndex::from(0u16),
    )[0];
    let mut runtime =
        Loopback { motor: CorticalMappedXYZPNeuronVoxels::new(), from: PopulationEncoder::target_cortical_id(), to };
    let start = Instant::now();
    let outcome = run_rollout(
        &RunId("bench".into()),
        &samples,
        &mut runtime,
        &mut PopulationEncoder::new(),
        &encoder_profile,
        &mut ClassDecoder::new(),
        &decoder_profile,
        &NoAffectReward,
        &ClassificationMetricPack::new(),
        &ExecutorConfig { ticks_per_sample: 1, silence_bursts: 0 },
        None,
        0,
    )
    .expect("rollout");
    println!("{{\"samples\":{},\"seconds\":{}}}", outcome.predictions.len(), start.elapsed().as_secs_f64());
}
