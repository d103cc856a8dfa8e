<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

/** How an event is shown. */
enum TailFormat
{
    /** One line for people. */
    case Line;

    /** One line of JSON, whole. */
    case Json;

    /** The bytes that came, and an empty line. */
    case Raw;
}
