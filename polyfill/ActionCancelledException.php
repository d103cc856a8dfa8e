<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** The application gave the action up, or the server cancelled its list. */
class ActionCancelledException extends ActionException {}
