<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * A listener or a callback asked for what only the outermost call may do, such as a tick within a tick.
 *
 * It is a mistake in the application: remember the wish, and act on it after the tick.
 */
class ReentrancyException extends \LogicException implements AmiException {}
