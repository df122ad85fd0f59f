//! From genome text to a genome that is safe to develop: parsed, migrated, validated, and small enough.
//! Sharp edge: the crates' validator passes mappings to areas that do not exist; they develop with no synapse at all.
use crate::fault::{fault, Blame, Kind, Outcome};
use feagi_evolutionary::{
    ensure_core_components, load_genome_with_report, string_to_cortical_id, validate_genome, MorphologyParameters, PatternElement,
    RuntimeGenome,
};
use feagi_structures::genomic::cortical_area::CorticalArea;
use serde_json::{json, Value};

/// Neurons that the engine adds by itself: the core areas and some air.
const SPARE_NEURONS: u64 = 64;

pub struct Budget {
    pub voxels: u64,
    pub synapses: u64,
}

pub struct Checked {
    pub genome: RuntimeGenome,
    pub neurons: u64,
    pub synapses_expected: u64,
}

/// One of the genomes that FEAGI ships. Sharp edge: its own validator passes none of them, and `vision` does not develop.
pub fn template(name: &str) -> Outcome<Value> {
    Ok(json!(match name {
        "barebones" => feagi_evolutionary::BAREBONES_GENOME_JSON,
        "essential" => feagi_evolutionary::ESSENTIAL_GENOME_JSON,
        "test" => feagi_evolutionary::TEST_GENOME_JSON,
        "vision" => feagi_evolutionary::VISION_GENOME_JSON,
        other => return fault(Kind::PayloadInvalid, format!("template \"{other}\"; there are barebones, essential, test and vision")),
    }))
}

/// `{errors, warnings}` as the crates see them; a text that is no genome at all is one error.
pub fn report(text: &str) -> Value {
    match load_genome_with_report(text) {
        Err(error) => json!({ "errors": [error.to_string()], "warnings": [] }),
        Ok((genome, chain)) => {
            let result = validate_genome(&genome);
            let errors: Vec<String> = chain.blocking_errors.iter().map(|error| error.to_string()).chain(result.errors).collect();
            let migrated = chain.advisory_warnings.iter().map(|warning| format!("{warning:?}"));
            let warnings: Vec<String> = migrated.chain(result.warnings).collect();
            json!({ "errors": errors, "warnings": warnings })
        }
    }
}

/// Parses and checks. With `strict`, errors of the crates' validator refuse the genome; without it only those of the
/// loader do (FEAGI's own templates do not pass their validator).
pub fn check(text: &str, strict: bool, budget: &Budget) -> Outcome<Checked> {
    let (mut genome, chain) = load_genome_with_report(text).shown(Kind::GenomeInvalid)?;
    let mut errors: Vec<String> = chain.blocking_errors.iter().map(|error| error.to_string()).collect();
    if strict {
        errors.extend(validate_genome(&genome).errors);
    }
    if !errors.is_empty() {
        return fault(Kind::GenomeInvalid, errors.join("\n"));
    }
    ensure_core_components(&mut genome);
    let voxels = genome.cortical_areas.values().map(voxels).fold(0, u64::saturating_add);
    if voxels > budget.voxels {
        return fault(Kind::BudgetExceeded, too_many_voxels(&genome, voxels, budget.voxels));
    }
    let synapses_expected = expected_synapses(&genome);
    if synapses_expected > budget.synapses {
        return fault(
            Kind::BudgetExceeded,
            format!(
                "the mappings of the genome would grow about {synapses_expected} synapses; the budget is {}. Give a larger budget or a sparser morphology",
                budget.synapses
            ),
        );
    }
    let neurons = genome.cortical_areas.values().map(|area| voxels_of_neurons(area)).fold(SPARE_NEURONS, u64::saturating_add);
    if neurons > u64::from(u32::MAX) / 64 {
        return fault(Kind::BudgetExceeded, format!("the genome asks for {neurons} neurons, more than one module can hold"));
    }
    Ok(Checked { genome, neurons, synapses_expected })
}

fn too_many_voxels(genome: &RuntimeGenome, voxels_found: u64, allowed: u64) -> String {
    let largest = genome.cortical_areas.values().max_by_key(|area| (voxels(area), area.cortical_id.as_base_64()));
    let example = largest
        .map(|area| {
            let size = &area.dimensions;
            format!(
                "; the largest area, {} ({}), is {} x {} x {}",
                area.cortical_id.as_base_64(),
                area.name,
                size.width,
                size.height,
                size.depth
            )
        })
        .unwrap_or_default();
    format!("the genome has {voxels_found} voxels and the budget is {allowed}{example}. Give a larger budget or smaller areas")
}

fn voxels(area: &CorticalArea) -> u64 {
    let size = &area.dimensions;
    u64::from(size.width).saturating_mul(u64::from(size.height)).saturating_mul(u64::from(size.depth))
}

fn voxels_of_neurons(area: &CorticalArea) -> u64 {
    let per_voxel = area.properties.get("neurons_per_voxel").and_then(Value::as_u64).unwrap_or(1).max(1);
    voxels(area).saturating_mul(per_voxel)
}

/// An upper bound for the morphologies that join everything with everything, none for the others: it stops the ones that
/// would not end. The exact count is checked after development.
fn expected_synapses(genome: &RuntimeGenome) -> u64 {
    let mut total = 0u64;
    for source in genome.cortical_areas.values() {
        let Some(mappings) = source.properties.get("cortical_mapping_dst").and_then(Value::as_object) else { continue };
        for (name, rules) in mappings {
            let Some(target) = string_to_cortical_id(name).ok().and_then(|id| genome.cortical_areas.get(&id)) else { continue };
            for rule in rules.as_array().into_iter().flatten() {
                if rule.get("morphology_id").and_then(Value::as_str).is_some_and(|id| joins_all(genome, id)) {
                    total = total.saturating_add(voxels_of_neurons(source).saturating_mul(voxels_of_neurons(target)));
                }
            }
        }
    }
    total
}

fn joins_all(genome: &RuntimeGenome, morphology: &str) -> bool {
    let Some(found) = genome.morphologies.get(morphology) else { return false };
    match &found.parameters {
        MorphologyParameters::Patterns { patterns } => {
            patterns.iter().any(|sides| sides.iter().flatten().all(|element| *element == PatternElement::Wildcard))
        }
        _ => false,
    }
}
