//! What a brain consists of: areas, mappings with their real synapse counts, modulators.
use super::Brain;
use feagi_npu_burst_engine::DynamicNPU;
use serde_json::{json, Value};

impl Brain {
    pub fn info(&self) -> Value {
        let connectome = self.connectome.read();
        let npu = self.npu();
        let mut areas = vec![];
        let mut mappings = vec![];
        for (id, index) in &self.areas {
            let Some(area) = connectome.get_cortical_area(id) else { continue };
            let size = &area.dimensions;
            areas.push(json!({
                "id": id.as_base_64(), "name": area.name, "dims": [size.width, size.height, size.depth],
                "voxels": u64::from(size.width) * u64::from(size.height) * u64::from(size.depth),
                "neurons": npu.get_cortical_area_neuron_count(*index)
            }));
            for (target, target_index) in &self.areas {
                let Some(rules) = connectome.get_mapping_rules(id, target) else { continue };
                if rules.is_empty() {
                    continue;
                }
                mappings.push(json!({
                    "from": id.as_base_64(), "to": target.as_base_64(), "plastic": super::plasticity::is_plastic(&rules),
                    "morphologies": rules.iter().filter_map(|rule| rule.get("morphology_id")).collect::<Vec<_>>(),
                    "synapses": npu.count_synapses_between_areas(*index, *target_index)
                }));
            }
        }
        let mut modulators: Vec<(String, Value)> = self
            .genome
            .modulators
            .iter()
            .map(|(name, instance)| {
                let value = json!({
                    "name": name, "type": instance.kind.as_str(), "magnitudePercent": f64::from(instance.magnitude_percent),
                    "effectDurationBursts": instance.effect_duration_bursts, "restBursts": instance.rest_bursts,
                    "graded": instance.graded, "fullScalePotential": instance.full_scale_potential.map(f64::from),
                    "driver": instance.driver_cortical_id.as_base_64()
                });
                (name.to_string(), value)
            })
            .collect();
        modulators.sort_by(|left, right| left.0.cmp(&right.0));
        json!({
            "areas": areas, "mappings": mappings, "modulators": modulators.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
            "neurons": npu.get_neuron_count(), "synapses": npu.get_synapse_count(), "burst": npu.get_burst_count(),
            "precision": match &*npu { DynamicNPU::F32(_) => "fp32", DynamicNPU::INT8(_) => "int8" }
        })
    }
}

impl Brain {
    /// `{bursts, spikes, synapticEvents}` since development.
    pub fn activity(&self) -> Value {
        let activity = &self.activity;
        json!({ "bursts": activity.bursts, "spikes": activity.spikes, "synapticEvents": activity.synaptic_events })
    }
}
