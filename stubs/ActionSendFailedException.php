<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** An action could not be sent. The server has seen nothing of it, and nothing waits for its answer. */
class ActionSendFailedException extends ActionException {}
