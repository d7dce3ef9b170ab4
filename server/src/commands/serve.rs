//! `creditdesk serve`: the dashboard and the HTTP API, until a signal ends it.

use super::{CommandError, Desks, sign_on::SignOn};
use crate::{
    auth::{ApiKeys, rate::Rate, sessions::Sessions},
    config::Site,
    http::ApiState,
    jobs::deliveries::Courier,
    router::{Web, router},
    service::Desk,
    webhooks::Sender,
};
use app::{
    backend::{Analytics as _, Approvals as _, Reservations as _},
    model::Actor,
    range::{RangeQuery, ReportRange},
};
use axum::serve::ListenerExt as _;
use clap::Args;
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// How long requests may still take after the signal.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often what is not urgent is written: uses of keys.
const MINUTE: Duration = Duration::from_mins(1);

#[derive(Args, Debug)]
pub struct Serve {
    /// Fill an empty ledger with three months of believable usage first
    #[arg(long)]
    demo: bool,

    /// Where to listen
    #[arg(long, env = "CREDITDESK_ADDR", default_value = "127.0.0.1:3000", value_name = "IP:PORT")]
    addr: SocketAddr,

    /// The folder of built pages; found beside the program or in target/site by itself
    #[arg(long, env = "CREDITDESK_SITE", value_name = "FOLDER")]
    site: Option<PathBuf>,

    /// How browsers reach us, when not by the address: https:// makes cookies secure
    #[arg(long, env = "CREDITDESK_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Secure cookies, whatever the public URL says
    #[arg(long, env = "CREDITDESK_SECURE_COOKIES")]
    secure_cookies: bool,

    /// Take the caller's address from X-Forwarded-For, as the proxy in front of us wrote it
    #[arg(long, env = "CREDITDESK_TRUST_PROXY")]
    trust_proxy: bool,

    /// Requests a second of each API key, and at once: 100 or 100/500 [default: no limit]
    #[arg(long, env = "CREDITDESK_RATE_LIMIT", value_name = "RATE[/BURST]")]
    rate_limit: Option<Rate>,

    #[command(flatten)]
    sign_on: SignOn,
}

impl Serve {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let base = self.base()?;
        let site = Site::find(self.site.as_deref())?;
        if !site.is_found() {
            tracing::warn!("no built pages were found: the dashboard will have neither styles nor scripts");
        }
        // The port before the ledger: whoever starts twice by mistake learns it before anything is touched.
        let listener = bind(self.addr).await?;
        let https = self.secure_cookies || base.as_deref().is_some_and(|url| url.starts_with("https://"));
        let base = base.unwrap_or_else(|| format!("http://{}", shown(&listener, self.addr)));
        let provider = self.sign_on.provider(&base)?;
        if self.demo {
            desks.fill_if_empty(out).await?;
        }
        let (db, setup) = desks.database().await?;
        let ledger = desks.ledger(db.clone());
        ledger.reload_settings().await?;
        let desk = Arc::clone(&ledger);
        let sender = Sender::new(desks.settings.webhooks_allow_private)
            .map_err(|error| CommandError::Failed(error.to_string()))?;
        let courier = Courier::new(db.clone(), desks.clock.clone(), ledger.outbox(), sender);
        let keys = Arc::new(desks.keys(db.clone()).limited(self.rate_limit));
        let mut staff = desks.staff(db.clone()).signing_on(provider, self.sign_on.password_sign_in);
        if self.sign_on.password_sign_in {
            staff = staff.with_passkeys(&base);
        }
        let staff = Arc::new(staff);
        let sessions = Sessions::new(db.clone(), desks.clock.clone());
        let web = Web {
            api: ApiState::new(ledger, keys.clone(), db.clone(), setup),
            staff: staff.clone(),
            sessions: sessions.clone(),
            clock: desks.clock.clone(),
            ids: desks.ids.clone(),
            site,
            https,
            trust_proxy: self.trust_proxy,
        };
        writeln!(out, "Creditdesk: {base}")?;
        if let Some(token) = staff.make_welcome().await? {
            writeln!(out, "First admin: {base}/welcome/{token} (once, within {} hours)", crate::auth::welcome::HOURS)?;
        }
        out.flush()?;
        let (stop, stopped) = watch::channel(false);
        let deliveries = tokio::spawn(courier.run(stopped.clone()));
        let housekeeping = keep_house(keys.clone(), sessions, desk, stopped.clone());
        serve(listener, web, stop, stopped).await?;
        let _ = housekeeping.await;
        if tokio::time::timeout(FAREWELL, deliveries).await.is_err() {
            tracing::warn!("some webhooks were still under way and will be sent again");
        }
        if let Err(error) = keys.write_last_used().await {
            tracing::warn!(%error, "the last uses of keys were not written");
        }
        db.close().await;
        Ok(())
    }

    /// The public URL without a slash at its end.
    fn base(&self) -> Result<Option<String>, CommandError> {
        let Some(url) = self.public_url.as_deref().filter(|url| !url.is_empty()) else { return Ok(None) };
        let url = url.trim_end_matches('/');
        if url.starts_with("https://") || url.starts_with("http://") {
            Ok(Some(url.to_owned()))
        } else {
            Err(CommandError::usage("CREDITDESK_PUBLIC_URL must start with https:// or http://"))
        }
    }
}

async fn bind(addr: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            CommandError::usage(format!("{addr} is in use: choose another with --addr or CREDITDESK_ADDR"))
        }
        _ => CommandError::usage(format!("cannot listen on {addr}: {error}")),
    })
}

/// The address as a person opens it: with the real port, and this machine's own name for "any address".
fn shown(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    let mut addr = listener.local_addr().unwrap_or(asked);
    if addr.ip().is_unspecified() {
        addr.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    addr
}

/// Serves until a signal; then takes no more, and gives what runs a while to end.
async fn serve(
    listener: TcpListener,
    web: Web,
    stop: watch::Sender<bool>,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), CommandError> {
    let service = router(web).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        signal().await;
        tracing::info!("stopping");
        let _ = stop.send(true);
    });
    let mut late = stopped.clone();
    // An answer of many packets would else wait for the reader's delayed acknowledgement, some 40 ms now and then.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's algorithm");
        }
    });
    let graceful = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    tokio::select! {
        result = graceful => result?,
        () = async {
            let _ = late.wait_for(|stop| *stop).await;
            tokio::time::sleep(FAREWELL).await;
        } => tracing::warn!("some connections were still open and are cut"),
    }
    Ok(())
}

/// Ctrl-C or SIGTERM.
async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

/// Reads the days that the first page shows, so that nobody waits for them.
async fn warm(desk: &Desk) {
    let range = ReportRange::read(&RangeQuery::default(), &desk.reporting_zone(), desk.now());
    if let Ok(range) = range
        && let Err(error) = desk.overview(&range, false).await
    {
        tracing::warn!(message = error.message, "the reports were not read ahead");
    }
}

/// Writes down uses of keys, clears expired sessions away and closes reservations past their time, once a minute.
fn keep_house(
    keys: Arc<ApiKeys>,
    sessions: Sessions,
    desk: Arc<Desk>,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        warm(&desk).await;
        while tokio::time::timeout(MINUTE, stopped.wait_for(|stop| *stop)).await.is_err() {
            if let Err(error) = keys.write_last_used().await {
                tracing::warn!(%error, "the last uses of keys were not written");
            }
            if let Err(error) = sessions.delete_expired().await {
                tracing::warn!(%error, "expired sessions were not cleared away");
            }
            if let Err(error) = desk.expire_reservations(&Actor::system("reaper")).await {
                tracing::warn!(message = error.message, "expired reservations were not closed");
            }
            if let Err(error) = desk.expire_approvals(&Actor::system("reaper")).await {
                tracing::warn!(message = error.message, "requests past their time were not closed");
            }
            if let Err(error) = desk.reload_settings().await {
                tracing::warn!(message = error.message, "the settings were not read anew");
            }
        }
    })
}
