//! What leaves through the log: JSON events and EMF metrics, without anything personal in the clear.
