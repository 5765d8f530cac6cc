//! What is in the archive: one list a store, a page that says what they are, and the data map.

use serde_json::{Value, json};
use shared::ids::{GuildId, UserId};
use shared::privacy::{CaseState, DataSubject, Place, map};
use shared::security::input::PlaylistName;
use shared::store::walk::{Mark, Page};
use shared::store::{Item, StoreError, Table};

use super::archive::Archive;
use super::view::view;
use super::{ExportError, readme};
use crate::app::App;
use crate::sources::{Mention, mention};

/// Writes everything that there is about the subject.
pub(super) async fn gather(
    app: &App,
    subject: DataSubject,
    archive: &mut Archive<'_>,
) -> Result<(), ExportError> {
    archive.text("README.txt", &readme::text(subject, app.clock.now())).await?;
    archive.text("data-map.json", &map::json()).await?;
    for place in Place::ALL {
        archive.begin_list(&format!("{place}.json"))?;
        match place {
            Place::Exports => exports(app, subject, archive).await?,
            Place::UserSecrets => services(app, subject, archive).await?,
            _ => rows(app, place, subject, archive).await?,
        }
        archive.end_list()?;
    }
    Ok(())
}

/// A page at a time: how much there is makes no difference.
async fn rows(
    app: &App,
    place: Place,
    subject: DataSubject,
    archive: &mut Archive<'_>,
) -> Result<(), ExportError> {
    let Some(table) = Table::ALL.into_iter().find(|table| table.suffix() == place.as_str()) else {
        return Ok(());
    };
    let mut mark = None;
    loop {
        let page = page(app, table, subject, mark.as_ref()).await?;
        for item in &page.items {
            let seen = mention(place, item, subject);
            if let Some(row) = view(place, item, subject, seen) {
                archive.row(&row).await?;
            }
            if seen == Mention::Own && place == Place::Playlists {
                tracks(app, item, subject, archive).await?;
            }
        }
        mark = page.next;
        if mark.is_none() {
            return Ok(());
        }
    }
}

/// Where all that is about somebody has their own key, nothing else is read.
async fn page(
    app: &App,
    table: Table,
    subject: DataSubject,
    after: Option<&Mark>,
) -> Result<Page, StoreError> {
    match (table.key().0, subject) {
        ("subject", _) if table == Table::Tombstones => {
            app.walk.partition(table, &subject.to_string(), after).await
        }
        ("guild", DataSubject::Guild(guild)) => app.walk.partition(table, &guild.to_string(), after).await,
        _ => app.walk.page(table, after).await,
    }
}

/// The tracks of a list that somebody saved: its pages do not say whose they are.
async fn tracks(
    app: &App,
    item: &Item,
    subject: DataSubject,
    archive: &mut Archive<'_>,
) -> Result<(), ExportError> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let guild = text("guild").and_then(|guild| guild.parse::<GuildId>().ok());
    let name = text("name").and_then(|name| name.parse::<PlaylistName>().ok());
    // A community is given the pages as they are.
    let (DataSubject::User(_), Some(guild), Some(name)) = (subject, guild, name) else { return Ok(()) };
    let Some(list) = app.playlists.load(guild, &name).await? else { return Ok(()) };
    let row = json!({ "guild": guild, "name": name, "tracks": list.tracks() });
    Ok(archive.row(&row).await?)
}

/// What was gathered before, and lies there still.
async fn exports(app: &App, subject: DataSubject, archive: &mut Archive<'_>) -> Result<(), ExportError> {
    for case in app.tombstones.cases(subject, app.clock.now()).await? {
        if let CaseState::Exported { key, until } = &case.state {
            archive.row(&json!({ "request": case.id, "object": key, "until": until })).await?;
        }
    }
    Ok(())
}

/// Which services gave us tokens for them, and until when; no token.
async fn services(app: &App, subject: DataSubject, archive: &mut Archive<'_>) -> Result<(), ExportError> {
    let DataSubject::User(user) = subject else { return Ok(()) };
    for service in of_secret(app, user).await? {
        archive.row(&service).await?;
    }
    Ok(())
}

async fn of_secret(app: &App, user: UserId) -> Result<Vec<Value>, ExportError> {
    let Some(stored) = app.linker.vault.read(user).await? else { return Ok(Vec::new()) };
    let service = |(provider, tokens): (_, &shared::vault::Tokens)| {
        json!({
            "provider": provider,
            "account": tokens.subject,
            "allowed": tokens.scopes,
            "linked_at": tokens.linked_at,
            "access_ends_at": tokens.expires_at,
            "can_be_renewed": tokens.refresh.is_some(),
        })
    };
    Ok(stored.document.accounts().map(service).collect())
}
