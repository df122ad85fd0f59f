//! Errors on their way to the host: a kind that a program can branch on, and a sentence for a person.
use std::fmt::{Debug, Display};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    GenomeInvalid,
    BudgetExceeded,
    MappingEmpty,
    PayloadInvalid,
    Coder,
    SnapshotInvalid,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::GenomeInvalid => "genome-invalid",
            Kind::BudgetExceeded => "budget-exceeded",
            Kind::MappingEmpty => "mapping-empty",
            Kind::PayloadInvalid => "payload-invalid",
            Kind::Coder => "coder",
            Kind::SnapshotInvalid => "snapshot-invalid",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Fault {
    pub kind: Kind,
    pub text: String,
}

pub type Outcome<T> = Result<T, Fault>;

pub fn fault<T>(kind: Kind, text: impl Into<String>) -> Outcome<T> {
    Err(Fault { kind, text: text.into() })
}

/// Gives a foreign error a kind. `shown` keeps the words of `Display`, `coded` those of `Debug`, which is the form in which
/// the crates' own tests and other FEAGI clients know a `FeagiDataError`.
pub trait Blame<T> {
    fn shown(self, kind: Kind) -> Outcome<T>
    where
        Self: Sized;
}

impl<T, E: Display> Blame<T> for Result<T, E> {
    fn shown(self, kind: Kind) -> Outcome<T> {
        self.map_err(|error| Fault { kind, text: error.to_string() })
    }
}

pub trait BlameCoded<T> {
    fn coded(self, kind: Kind) -> Outcome<T>
    where
        Self: Sized;
}

impl<T, E: Debug> BlameCoded<T> for Result<T, E> {
    fn coded(self, kind: Kind) -> Outcome<T> {
        self.map_err(|error| Fault { kind, text: format!("{error:?}") })
    }
}
