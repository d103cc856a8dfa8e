<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\ConnectionException;

/** Redis cannot be reached, or no listener says anything of a server. Nothing was sent. */
class GatewayUnavailableException extends ConnectionException {}
