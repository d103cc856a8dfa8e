<?php

declare(strict_types=1);

// Every key is known by its name: one that is not, or a value that cannot be used, is refused when the application boots, by its whole
// path. Null and an empty string mean "not set". What a server and the options may have is in docs/configuration.md of the package.

return [

    /*
    |--------------------------------------------------------------------------
    | Default server
    |--------------------------------------------------------------------------
    |
    | The key of the server that is meant where none is named. Null is the first.
    |
    */

    'default' => env('AMI_SERVER'),

    /*
    |--------------------------------------------------------------------------
    | Servers
    |--------------------------------------------------------------------------
    |
    | Your Asterisk nodes, by a key of up to 64 characters without spaces and colons. It is in each log record, metric and event. The user
    | and the secret are those of manager.conf. A server is not used, and not missed, until something is sent to it or listens to it.
    |
    | 'host'      IP address; a name only where the option 'enforce_ip_endpoints' is off
    | 'port'      5038, or 5039 with TLS
    | 'auth'      'auto' (MD5 where the server offers it), 'md5' or 'plain'
    | 'events'    'on', 'off', or the classes to ask for: 'system,call,agent'
    | 'tls'       false, true (verified), or ['verify' => …, 'ca_file' => …, 'fingerprint' => …, 'server_name' => …, …]
    | 'options'   any of the options below, for this server alone
    |
    */

    'servers' => [

        'main' => [
            'host' => env('AMI_HOST', '127.0.0.1'),
            'port' => env('AMI_PORT'),
            'username' => env('AMI_USERNAME'),
            'secret' => env('AMI_SECRET'),
            'events' => env('AMI_EVENTS', 'on'),
            'tls' => env('AMI_TLS', false),
        ],

    ],

    /*
    |--------------------------------------------------------------------------
    | Options
    |--------------------------------------------------------------------------
    |
    | Timeouts, limits and buffers of all servers; what is left out has its default. The whole table is in docs/configuration.md.
    |
    */

    'options' => [

        // Whether hosts must be IP addresses. Turn it off where 'host' is a name, as in Docker: it is then looked up at each connect.
        'enforce_ip_endpoints' => env('AMI_ENFORCE_IP', true),

        // Seconds until an action that was not answered fails.
        'action_timeout' => 30,

        // Names of events that are not taken in at all. Noisy and rarely wanted: VarSet, RTCPSent, RTCPReceived, Newexten.
        'blocked_events' => [],

    ],

    /*
    |--------------------------------------------------------------------------
    | Log channel
    |--------------------------------------------------------------------------
    |
    | A channel of config/logging.php; null is the default one. Secrets never reach it.
    |
    */

    'log_channel' => env('AMI_LOG_CHANNEL'),

    /*
    |--------------------------------------------------------------------------
    | Listening
    |--------------------------------------------------------------------------
    |
    | `php artisan ami:listen` is the one process that owns the connections. Its options on the command line go over these.
    |
    */

    'listen' => [

        // Keys of the servers to listen to; empty is all.
        'servers' => [],

        // Who reads the sockets: 'background' goes on reading while a listener of yours takes its time; 'inline' does not.
        'io' => 'background',

        // Most milliseconds that a tick with nothing to do waits, 0 to 250.
        'tick_timeout_ms' => 100,

        // After how many seconds, megabytes or ticks the process ends, so that its supervisor starts a fresh one. Null is never.
        'max_time' => null,
        'memory' => env('AMI_LISTEN_MEMORY'),
        'max_iterations' => null,

        // Most seconds that the goodbye takes after SIGTERM: what waits is delivered, and every server gets its Logoff.
        'close_seconds' => 5,

        // Where metrics and probes are served over HTTP, such as '127.0.0.1:9400'; null is nowhere.
        'http' => env('AMI_LISTEN_HTTP'),

        // Every how many seconds it tells how it is, in the application's cache, for `ami:status`; 0 is never.
        'status_seconds' => 5,

        // Several listeners, on one machine or more, of which one is at work and the others wait for it to fail.
        'standby' => [

            'enabled' => env('AMI_STANDBY', false),

            // A store of config/cache.php that has locks and that all of them reach; null is the default one.
            'store' => env('AMI_STANDBY_STORE'),

            // The name of the lock: listeners with the same one stand by for each other.
            'lock' => 'ami-client:listener',

            // After how many seconds another takes over from one that died without a word. At least 5.
            'seconds' => 15,

        ],

    ],

    /*
    |--------------------------------------------------------------------------
    | Bridges
    |--------------------------------------------------------------------------
    |
    | Where the listener hands events on to: each is off unless turned on, and takes the events that it names. '*' stands for any part of a
    | name: 'Queue*', or '*' for all. Plain names cost least: other events are skipped unseen. What is lost when is in docs/bridges.md.
    |
    | All of them have, beside what is below:
    |
    | 'buffer'        most events that wait while the target is not to be had; then the oldest go, and are counted and logged (10000)
    | 'buffer_bytes'  most bytes of them (16777216)
    | 'retry_ms'      milliseconds until the first retry, doubled with each further one (100)
    | 'retry_max_ms'  most milliseconds between two (5000)
    | 'tries'         after how many an event is given up; 0 is never (0, of 'broadcast' 3)
    | 'budget_ms'     most milliseconds at a time that working off a backlog keeps the listener from its other work (20)
    |
    */

    'bridges' => [

        // Laravel's events, within the listener process: AmiEventReceived, or the class of yours that is named: 'Hangup' => CallEnded::class
        // is made with an EventPayload. Queue listeners that take their time.
        'events' => [

            'enabled' => false,
            'events' => [],

        ],

        // Queued jobs: 'Hangup' => RecordCall::class is made with an EventPayload. Null is what the job says, or the default. A listener waits
        // for its queue: give a connection to Redis or a database a short timeout.
        'jobs' => [

            'enabled' => false,
            'events' => [],
            'connection' => null,
            'queue' => null,

        ],

        // Redis, published as JSON to whoever is subscribed at that moment.
        'redis' => [

            'enabled' => false,
            'events' => [],

            // A connection of config/database.php; null is the default one. Its prefix goes before the channel.
            'connection' => null,
            'channel' => 'ami:{server}:{event}',

            // Most events sent at once.
            'batch' => 200,

            // Most milliseconds that Redis has to answer. The listener waits meanwhile.
            'timeout_ms' => 500,

        ],

        // Redis streams, which keep events until they are consumed: `php artisan ami:consume`.
        'streams' => [

            'enabled' => false,
            'events' => ['*'],

            // A connection of config/database.php; null is the default one. Its prefix goes before the stream.
            'connection' => null,

            // 'ami:events:{server}' is one stream a server.
            'stream' => 'ami:events',

            // Entries after which the oldest go, about; 0 is never. At 600 bytes an event, 100000 are some 60 MB of Redis.
            'max_length' => 100000,

            // Most events sent at once, and most milliseconds that Redis has to answer. The listener waits meanwhile.
            'batch' => 200,
            'timeout_ms' => 500,

            'consumer' => [

                // Groups have all entries each; the consumers of one share them.
                'group' => 'ami',

                // A class with handle(EventPayload $payload), or an invokable one; null dispatches AmiEventReceived.
                'handler' => null,

                // Where a new group begins: at the 'start' of what is there, or at its 'end'.
                'from' => 'start',

                // Entries read at once, and most milliseconds that a read waits for some; a signal is heard after it.
                'count' => 100,
                'block_ms' => 1000,

                // Milliseconds after which an entry that was not acknowledged is delivered again: longer than your handler ever takes.
                'claim_idle_ms' => 60000,

                // Deliveries after which an entry is put aside, into this stream of so many entries at most, about.
                'max_deliveries' => 5,
                'dead_letter' => '{stream}:dead',
                'dead_letter_max_length' => 10000,

            ],

        ],

        // Broadcasting, to browsers.
        'broadcast' => [

            'enabled' => false,
            'events' => [],

            // A connection of config/broadcasting.php; null is the default one.
            'connection' => null,

            // Private channels: who may listen is in routes/channels.php. 'presence-…' is a presence channel.
            'channels' => ['ami.{server}'],

            // The name that the browser listens for, with a dot before it: .listen('.Hangup', …).
            'as' => '{event}',

            // Whether a queue worker broadcasts, over this connection and queue. Off: the listener does, and waits for the answer.
            'queue' => true,
            'queue_connection' => null,
            'queue_name' => null,

        ],

    ],

    /*
    |--------------------------------------------------------------------------
    | Gateway
    |--------------------------------------------------------------------------
    |
    | How actions of web requests, jobs and commands reach a server. Off: over a connection of the process itself, which is opened for it. On:
    | through a listener process, over Redis, so that a hundred workers need no connection at all. Turn it on in production.
    |
    */

    'gateway' => [

        'enabled' => env('AMI_GATEWAY', false),

        // A connection of config/database.php; null is the default one.
        'connection' => env('AMI_GATEWAY_CONNECTION'),

        // What the keys begin with, and the whole of it: the prefix of the connection is not added. Listeners and senders with the same one
        // find each other.
        'prefix' => 'ami-client:gateway:',

        // A secret of which all that passes through Redis is encrypted and authenticated, the same for listeners and senders. Null is one
        // derived from APP_KEY; set it where several applications share a listener.
        'key' => env('AMI_GATEWAY_KEY'),

        // Most milliseconds that an action waits for a listener. What none took by then is never carried out.
        'timeout_ms' => 10000,

        // Seconds for which an answer is kept for who asks; and the key of an Idempotent, from the answer on.
        'keep_seconds' => 60,

        // The names of the actions that a listener carries out for others, '*' for any characters. Null is a list that can place and steer
        // calls and see them; none of it exists to run code or commands or to read files or secrets: docs/gateway.md has it. What an Originate
        // may run, Asterisk decides: give the listener's user no class 'system', unless calls need the application System.
        'allow' => null,

        // Actions that wait for a listener; a further one is refused. And those that one listener has under way; it takes no further ones.
        'max_waiting' => 1000,
        'max_in_flight' => 1000,

        // Bytes that the messages of one answer may have, such as a list of thousands of channels.
        'max_answer_bytes' => 8388608,

        // Most milliseconds between two looks of an idle listener.
        'poll_ms' => 30,

    ],

];
