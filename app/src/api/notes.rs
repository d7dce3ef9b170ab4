//! Notes of colleagues about a user.

use crate::error::AppError;
use leptos::prelude::*;

/// Writes one down; whoever may look at users may.
#[server(name = AddNoteForm, prefix = "/ui", endpoint = "add_note")]
pub async fn add_note(
    user_id: String,
    #[server(default)] text: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let add = async {
        let staff = super::require_anyone().await?;
        let text = parse::needed("text", &text)?;
        let key = parse::form_id(&key)?;
        super::backend()?.add_note(&super::actor(&staff), &user_id, &text, key).await
    };
    let page = format!("{}#notes", crate::link::user(&user_id));
    let form = Form::new(page.clone(), AddNoteForm::PATH).typed("text", &text).typed("key", &key);
    form.finish(add.await, |kept| {
        let again = if kept.idempotent { "1" } else { "" };
        crate::link::with_query(&page, [("saved", "note"), ("again", again)])
    })
    .map(drop)
}
