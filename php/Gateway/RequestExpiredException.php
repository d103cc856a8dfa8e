<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ActionSendFailedException;

/**
 * No listener took the request before its deadline: none runs, none serves that server, all stand by, or they are too busy. Or it was
 * taken back. It was not carried out, and will not be.
 */
class RequestExpiredException extends ActionSendFailedException {}
