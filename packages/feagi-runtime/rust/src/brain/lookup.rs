//! Voxel to neuron in one step. The engine's own lookup goes through every neuron of the brain and hashes those of the area
//! anew on each call, so that it costs more than the burst it prepares.
//! Sharp edge: of several neurons in one voxel the last is meant, as in the engine's lookup.
use super::Brain;
use crate::fault::Outcome;
use feagi_npu_neural::types::NeuronId;
use feagi_structures::genomic::cortical_area::CorticalID;

const NONE: u32 = u32::MAX;

pub struct Lookup {
    dims: [u32; 3],
    neurons: Vec<u32>,
}

impl Lookup {
    fn place(dims: [u32; 3], x: u32, y: u32, z: u32) -> Option<usize> {
        let inside = x < dims[0] && y < dims[1] && z < dims[2];
        inside.then(|| (x as usize * dims[1] as usize + y as usize) * dims[2] as usize + z as usize)
    }

    #[inline]
    pub fn neuron(&self, x: u32, y: u32, z: u32) -> Option<NeuronId> {
        let found = self.neurons[Lookup::place(self.dims, x, y, z)?];
        (found != NONE).then_some(NeuronId(found))
    }
}

impl Brain {
    pub(crate) fn lookup(&self, area: &CorticalID) -> Outcome<Lookup> {
        let index = self.area_index(area)?;
        let dims = self
            .connectome
            .read()
            .get_cortical_area(area)
            .map_or([0; 3], |area| [area.dimensions.width, area.dimensions.height, area.dimensions.depth]);
        let mut neurons = vec![NONE; dims.iter().map(|length| *length as usize).product()];
        let npu = self.npu();
        let mut ids = npu.get_neurons_in_cortical_area(index);
        ids.sort_unstable();
        for id in ids {
            let place = npu.get_neuron_coordinates(id).and_then(|(x, y, z)| Lookup::place(dims, x, y, z));
            if let Some(place) = place {
                neurons[place] = id;
            }
        }
        Ok(Lookup { dims, neurons })
    }
}
