<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Where the connection to one server stands. The values are the names that logs and metrics use. */
enum ConnectionState: string
{
    /** Nothing is open and nothing is tried. */
    case Disconnected = 'disconnected';

    /** The host name is looked up, or the socket is asked for or waits for its turn. */
    case Connecting = 'connecting';

    /** The socket stands, the banner has not come. */
    case Connected = 'connected';

    /** The login is under way, or accepted by a server that still boots. */
    case Authenticating = 'authenticating';

    /** Actions are answered and events flow. */
    case Ready = 'ready';

    /** As Ready, but a heartbeat was missed. */
    case Degraded = 'degraded';

    /** Waits for the next attempt. */
    case Reconnecting = 'reconnecting';

    /** Says goodbye, within a deadline. */
    case Closing = 'closing';

    /** Given up after `max_reconnect_attempts`; only open() starts again. */
    case Fatal = 'fatal';
}
