<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/** Why a worker ended. */
enum StopReason: string
{
    /** stop() was called. */
    case Asked = 'asked';

    /** SIGINT or SIGTERM came. */
    case Signal = 'signal';

    /** What Listener::stopWhen() was given says so: a new release was deployed, say, and a supervisor starts it. */
    case Restart = 'restart';

    /** Limits::$ticks was reached. */
    case Ticks = 'ticks';

    /** Limits::$seconds was reached. */
    case Seconds = 'seconds';

    /** Limits::$memoryBytes was reached. */
    case Memory = 'memory';

    /** The manager shuts down by itself, because of its option `memory_limit`: another run() is refused. */
    case MemoryLimit = 'memory_limit';
}
