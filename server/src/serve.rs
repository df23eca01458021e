//! `fengqiao serve`: opens the office and keeps it open until it is told to stop.

use std::net::SocketAddr;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::{App, Config, Error, Failure, clock, demo};

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

/// Answers on a socket until `stop` comes, then closes in good order.
///
/// # Errors
/// When the socket fails.
pub async fn run(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let service = app.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let site = app.site.clone();
    // Messages of a room are small and follow each other: none waits for the acknowledgement of the one before.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        site.stopping.send_replace(true);
    });
    serving.await?;
    app.stop().await;
    Ok(())
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
