//! FEAGI's own coders, with a brain or without one. They are reached through `ConnectorCache`, the only public door.
pub mod container;
pub mod form;
pub mod ids;
pub mod layout;
pub mod neurons;
pub mod scalars;
pub mod session;
pub mod units;
pub mod values;
