//! Examples of the description.
pub fn add(_: &mut utoipa::openapi::OpenApi) {}
