<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Too much of what came could not be read as AMI, and the connection was reset while the action waited. Whether the server
 * carried it out is not known.
 */
class ParserDesyncException extends ProtocolException {}
