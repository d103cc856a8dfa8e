<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Everything that this extension throws by itself; what a listener or a value of the application throws stays what it
 * is.
 */
interface AmiException extends \Throwable {}
