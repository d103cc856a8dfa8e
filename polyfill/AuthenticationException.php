<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * The server refused the login: a wrong username or secret, an address that its rules do not allow, or a user who is
 * logged in already and may be so only once.
 *
 * Trying again soon cannot help, so the circuit breaker opens at once.
 */
class AuthenticationException extends ConnectionException {}
