//! Notes of colleagues about a user.

use crate::error::AppError;
use leptos::prelude::*;

/// Writes one down; whoever may look at users may.
#[server(name = AddNoteForm, prefix = "/ui", endpoint = "add_note")]
pub async fn add_note(user_id: String, #[server(default)] text: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let add = async {
        let staff = super::require_anyone().await?;
        let text = parse::needed("text", &text)?;
        super::backend()?.add_note(&super::actor(&staff), &user_id, &text).await
    };
    let page = crate::link::user(&user_id);
    let form = Form::new(format!("{page}#notes"), AddNoteForm::PATH).typed("text", &text);
    form.finish(add.await, |_| crate::link::with_query(&format!("{page}#notes"), [("saved", "note")])).map(drop)
}
