<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** Too much of what came could not be read as AMI. The connection was reset. */
class ParserDesyncException extends ProtocolException {}
