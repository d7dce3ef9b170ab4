//! What runs beside the requests, for as long as the server does.

pub mod deliveries;
