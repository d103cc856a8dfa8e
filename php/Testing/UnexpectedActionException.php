<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

/**
 * A test's fake was sent what the test did not expect.
 *
 * It is no AmiException: code under test that catches those must not catch this.
 */
final class UnexpectedActionException extends \LogicException {}
