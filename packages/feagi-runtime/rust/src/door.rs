//! The C interface of the module. Cold calls are one function, `ft_call`, with JSON both ways; hot calls take numbers and
//! addresses in memory that the host got from `ft_alloc`.
//!
//! Every call answers >= 0, or -1; then the answer buffer holds the kind of the fault, a line end, and its text.
//! Sharp edge: an instance has one brain, one session of coders, one bench of coders and one answer buffer, and no second thread.
use crate::brain::area::parse;
use crate::brain::bind::Binding;
use crate::brain::develop::Request;
use crate::brain::present::Timing;
use crate::brain::Brain;
use crate::coders::form::Numbers;
use crate::coders::layout::layout;
use crate::coders::session::Session;
use crate::coders::values::{count, list, unhex, word};
use crate::coders::{container, ids, neurons, scalars};
use crate::fault::{fault, Blame, Kind, Outcome};
use crate::genome::{report, template, Budget};
use crate::hashing::fix_map_order;
use crate::version::{hex, version};
use serde_json::{json, Value};
use std::cell::RefCell;

#[derive(Default)]
struct State {
    brain: Option<Brain>,
    session: Option<Session>,
    bench: Option<Binding>,
    answer: Vec<u8>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn brain(state: &mut State) -> Outcome<&mut Brain> {
    match state.brain.as_mut() {
        Some(brain) => Ok(brain),
        None => fault(Kind::PayloadInvalid, "this instance has no brain yet"),
    }
}

fn session(state: &mut State) -> Outcome<&mut Session> {
    match state.session.as_mut() {
        Some(session) => Ok(session),
        None => fault(Kind::PayloadInvalid, "this instance has no session of coders yet"),
    }
}

fn bench(state: &mut State) -> Outcome<&mut Binding> {
    match state.bench.as_mut() {
        Some(bench) => Ok(bench),
        None => fault(Kind::PayloadInvalid, "this instance has no bench of coders yet"),
    }
}

fn enter(work: impl FnOnce(&mut State) -> Outcome<i32>) -> i32 {
    STATE.with_borrow_mut(|state| match work(state) {
        Ok(number) => number,
        Err(fault) => {
            state.answer = format!("{}\n{}", fault.kind.name(), fault.text).into_bytes();
            -1
        }
    })
}

fn answer(state: &mut State, bytes: Vec<u8>) -> i32 {
    state.answer = bytes;
    0
}

fn answer_words(state: &mut State, words: impl Iterator<Item = u32>) -> i32 {
    let bytes = words.flat_map(u32::to_le_bytes).collect();
    answer(state, bytes)
}

unsafe fn bytes<'a>(at: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(at, length)
    }
}

unsafe fn words<'a, T>(at: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(at, length)
    }
}

/// A batch is floats, or bytes for frames.
unsafe fn numbers<'a>(at: *const u8, length: usize, as_bytes: u32) -> Numbers<'a> {
    if as_bytes == 0 {
        Numbers::Floats(words(at.cast(), length))
    } else {
        Numbers::Bytes(bytes(at, length))
    }
}

unsafe fn text<'a>(at: *const u8, length: usize) -> Outcome<&'a str> {
    std::str::from_utf8(bytes(at, length)).shown(Kind::PayloadInvalid)
}

/// Memory of the host's, aligned for words.
#[no_mangle]
pub extern "C" fn ft_alloc(length: usize) -> *mut u8 {
    let mut memory = Vec::<u64>::with_capacity(length.div_ceil(8));
    let at = memory.as_mut_ptr();
    std::mem::forget(memory);
    at.cast()
}

/// # Safety
/// `at` and `length` are those of one `ft_alloc`.
#[no_mangle]
pub unsafe extern "C" fn ft_free(at: *mut u8, length: usize) {
    drop(Vec::<u64>::from_raw_parts(at.cast(), 0, length.div_ceil(8)));
}

#[no_mangle]
pub extern "C" fn ft_answer_at() -> *const u8 {
    STATE.with_borrow(|state| state.answer.as_ptr())
}

#[no_mangle]
pub extern "C" fn ft_answer_length() -> usize {
    STATE.with_borrow(|state| state.answer.len())
}

/// # Safety
/// The address and length name a text written by the host.
#[no_mangle]
pub unsafe extern "C" fn ft_call(at: *const u8, length: usize) -> i32 {
    enter(|state| {
        fix_map_order();
        let request: Value = serde_json::from_str(text(at, length)?).shown(Kind::PayloadInvalid)?;
        let reply = call(state, &request)?;
        Ok(answer(state, reply.to_string().into_bytes()))
    })
}

fn call(state: &mut State, request: &Value) -> Outcome<Value> {
    Ok(match word(request, "method")? {
        "version" => version(),
        "validate" => report(word(request, "genome")?),
        "develop" => develop(state, request)?,
        "info" => brain(state)?.info(),
        "bind" => brain(state)?.bind(request)?,
        "activity" => brain(state)?.activity(),
        "template" => template(word(request, "name")?)?,
        "layout" => layout(request)?,
        "bench" => {
            state.bench = None;
            let made = Binding::new(request, None)?;
            let shape = made.describe();
            state.bench = Some(made);
            shape
        }
        "hash" => json!(brain(state)?.hash(word(request, "part")?)?),
        "corticalIds" => ids::cortical_ids(request)?,
        "corticalId" => ids::cortical_id(request)?,
        "coreIds" => ids::core_ids(),
        "units" => ids::units(),
        "containerWrite" => container::write(request)?,
        "containerRead" => container::read(request)?,
        "scalar" => scalars::scalar(request)?,
        "neuron" => neurons::neuron(request)?,
        "fan" => neurons::fan(request)?,
        "excitabilityRandom" => neurons::random(request)?,
        "leakRetention" => neurons::leak(request)?,
        "open" => {
            state.session = None;
            state.session = Some(Session::open(request)?);
            Value::Null
        }
        "write" => {
            session(state)?.write(request)?;
            Value::Null
        }
        "encode" => session(state)?.encode()?,
        "bytes" => json!(hex(&session(state)?.bytes()?)),
        "decodeVoxels" => session(state)?.decode_voxels(&request["voxels"])?,
        "decodeBytes" => session(state)?.decode_bytes(&unhex(word(request, "bytes")?)?)?,
        "registrations" => session(state)?.registrations()?,
        other => return fault(Kind::PayloadInvalid, format!("there is no method \"{other}\"")),
    })
}

fn develop(state: &mut State, request: &Value) -> Outcome<Value> {
    let mut relies_on = vec![];
    for mapping in list(&request["reliesOn"])? {
        relies_on.push((word(mapping, "from")?.to_string(), word(mapping, "to")?.to_string()));
    }
    let Ok(origin) = <[u8; 32]>::try_from(unhex(word(request, "origin")?)?) else {
        return fault(Kind::PayloadInvalid, "the origin of a random stream is 32 bytes");
    };
    let budget = Budget { voxels: count(&request["budget"], "voxels")?, synapses: count(&request["budget"], "synapses")? };
    let strict = request["strict"].as_bool().unwrap_or(true);
    state.brain = None;
    let request = Request { genome: word(request, "genome")?, strict, budget, relies_on, origin };
    state.brain = Some(Brain::develop(&request)?);
    Ok(Value::Null)
}

/// # Safety
/// `batch` has `count` floats, or bytes if `as_bytes` is not 0; `readings` and `silent` have room for the batch's readings.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn ft_present(
    batch: *const u8,
    count: usize,
    as_bytes: u32,
    hold: u32,
    read: u32,
    settle: u32,
    readings: *mut f32,
    reading_count: usize,
    silent: *mut u8,
    silent_count: usize,
) -> i32 {
    enter(|state| {
        let into = if reading_count == 0 { &mut [][..] } else { std::slice::from_raw_parts_mut(readings, reading_count) };
        let flags = if silent_count == 0 { &mut [][..] } else { std::slice::from_raw_parts_mut(silent, silent_count) };
        brain(state)?.present(numbers(batch, count, as_bytes), &Timing { hold, read, settle }, into, flags)?;
        Ok(0)
    })
}

/// # Safety
/// The address and length name words written by the host.
#[no_mangle]
pub unsafe extern "C" fn ft_feedback(at: *const u32, length: usize) -> i32 {
    enter(|state| Ok(brain(state)?.feedback(words(at, length))? as i32))
}

/// Answers with rows of x, y, z and potential bits.
///
/// # Safety
/// The address and length name floats written by the host.
#[no_mangle]
pub unsafe extern "C" fn ft_target(output: u32, at: *const f32, length: usize) -> i32 {
    enter(|state| {
        let voxels = brain(state)?.target(output, words(at, length))?;
        Ok(answer_words(state, voxels.iter().flat_map(|(x, y, z, p)| [*x, *y, *z, p.to_bits()])))
    })
}

/// Answers with the columns of `Binding::voxel_columns`.
///
/// # Safety
/// `at` has `count` floats, or bytes if `as_bytes` is not 0.
#[no_mangle]
pub unsafe extern "C" fn ft_explain(at: *const u8, count: usize, as_bytes: u32) -> i32 {
    enter(|state| {
        let columns = brain(state)?.explain(numbers(at, count, as_bytes))?;
        Ok(answer(state, columns))
    })
}

/// The same of a bench of coders.
///
/// # Safety
/// `at` has `count` floats, or bytes if `as_bytes` is not 0.
#[no_mangle]
pub unsafe extern "C" fn ft_voxels(at: *const u8, count: usize, as_bytes: u32) -> i32 {
    enter(|state| {
        let columns = bench(state)?.explain(numbers(at, count, as_bytes))?;
        Ok(answer(state, columns))
    })
}

/// Answers with the columns of `Brain::synapse_columns`.
#[no_mangle]
pub extern "C" fn ft_synapses() -> i32 {
    enter(|state| {
        let columns = brain(state)?.synapse_columns();
        Ok(answer(state, columns))
    })
}

/// Answers with rows of area number, x, y, z, potential bits and neuron id.
#[no_mangle]
pub extern "C" fn ft_fired() -> i32 {
    enter(|state| {
        let rows = brain(state)?.fired_rows();
        Ok(answer_words(state, rows.into_iter().flatten()))
    })
}

#[no_mangle]
pub extern "C" fn ft_rest(bursts: u32) -> i32 {
    enter(|state| brain(state)?.rest(bursts).map(|()| 0))
}

#[no_mangle]
pub extern "C" fn ft_reset() -> i32 {
    enter(|state| {
        brain(state)?.reset();
        Ok(0)
    })
}

/// Answers the number of plastic mappings.
#[no_mangle]
pub extern "C" fn ft_freeze(on: u32) -> i32 {
    enter(|state| Ok(brain(state)?.freeze(on != 0) as i32))
}

/// Answers with rows of nine words: source x, y, z, target x, y, z, weight bits, potential bits, type (1 = inhibitory).
///
/// # Safety
/// `from` and `to` name the 12 characters of an area id each.
#[no_mangle]
pub unsafe extern "C" fn ft_weights(from: *const u8, to: *const u8) -> i32 {
    const ID_LENGTH: usize = 12;
    enter(|state| {
        let (from, to) = (parse(text(from, ID_LENGTH)?)?, parse(text(to, ID_LENGTH)?)?);
        let synapses = brain(state)?.weights(&from, &to)?;
        let row = |s: &crate::brain::plasticity::Synapse| {
            [
                s.source[0],
                s.source[1],
                s.source[2],
                s.target[0],
                s.target[1],
                s.target[2],
                s.weight.to_bits(),
                s.potential.to_bits(),
                u32::from(s.kind),
            ]
        };
        Ok(answer_words(state, synapses.iter().flat_map(row)))
    })
}

#[no_mangle]
pub extern "C" fn ft_checkpoint() -> i32 {
    enter(|state| {
        let bytes = brain(state)?.checkpoint()?;
        Ok(answer(state, bytes))
    })
}

/// # Safety
/// The address and length name bytes written by the host.
#[no_mangle]
pub unsafe extern "C" fn ft_restore(at: *const u8, length: usize) -> i32 {
    enter(|state| brain(state)?.restore(bytes(at, length)).map(|()| 0))
}
