//! `fengqiao serve`: opens the office and keeps it open until it is told to stop.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tower::ServiceExt;

use crate::{App, Config, Error, Failure, clock, config::Limits, demo};

/// How long nothing is accepted after a connection could not be, such as when the machine has no more of them.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until a signal comes. `say` prints a line for whoever started it.
///
/// # Errors
/// When the data folder or the address cannot be used.
pub async fn serve(config: Config, say: impl Fn(&str)) -> Result<(), Failure> {
    let app = App::build(config).await?;
    let site = app.site.clone();
    let public = &site.config.public;
    let listener = TcpListener::bind(site.config.listen).await.map_err(Error::from)?;
    let address = listener.local_addr().map_err(Error::from)?;
    let demo = if site.config.demo { demo::make(&site).await? } else { None };
    if let Some(demo) = &demo {
        demo.lines().iter().for_each(|line| say(line));
    } else if site.config.demo {
        say(
            "数据文件夹属于正式单位，未建立演示。 The data folder belongs to a real office; no demonstration was made.",
        );
    }
    if let Some(token) = site.accounts.setup_token(clock::now()).await? {
        say("请用此一次性链接设置系统管理员 Make the first administrator with this one-time link:");
        say(&format!("  {public}/office#setup={token}"));
    }
    say(&format!("枫桥已启动 Fengqiao is open: {public}  (http://{address})"));
    run(app, listener, stopped()).await?;
    say("已停机 Stopped.");
    Ok(())
}

/// Answers on a socket until `stop` comes, then closes in good order: no new connection is taken, requests under way
/// are answered, seats are told.
///
/// # Errors
/// When the socket fails.
pub async fn run(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    let site = app.site.clone();
    let limits = &site.config.limits;
    let mut http = http1::Builder::new();
    // A head that never ends would otherwise hold its connection for ever.
    http.timer(TokioTimer::new()).header_read_timeout(Limits::span(limits.header_timeout_ms));
    let (leave, leaving) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((socket, peer)) => {
                // Messages of a room are small and follow each other: none waits for the acknowledgement of the one before.
                if let Err(error) = socket.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps its delay");
                }
                tokio::spawn(answer(http.clone(), app.router.clone(), socket, peer, leaving.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((listener, leaving));
    site.stopping.send_replace(true);
    leave.send_replace(());
    if timeout(Limits::span(limits.stop_ms), leave.closed()).await.is_err() {
        tracing::warn!("some requests were not answered in time");
    }
    app.stop().await;
    Ok(())
}

/// Answers the requests of one connection until either side has had enough, or the server leaves.
async fn answer(
    http: http1::Builder,
    router: Router,
    socket: TcpStream,
    peer: SocketAddr,
    mut leaving: watch::Receiver<()>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(socket), service).with_upgrades());
    // How a connection ends is the caller's business and no failure of the machine.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = leaving.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(error) => {
                tracing::warn!(%error, "only the interrupt key stops this server");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
